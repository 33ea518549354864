"""What guards the doors that need no account, by parameters of the template."""

from tests.template.templates import doors, resources, template


def test_web_acl_is_taken_by_parameter_and_a_ready_one_is_there() -> None:
    [distribution] = resources("AWS::CloudFront::Distribution", "infra/web.yaml").values()
    [ready] = resources("AWS::WAFv2::WebACL", "infra/web-acl.yaml").values()

    assert distribution["DistributionConfig"]["WebACLId"]["Fn::If"][:2] == ["HasWebAcl", {"Ref": "WebAclArn"}]
    assert ready["Scope"] == "CLOUDFRONT"
    assert [rule["Name"] for rule in ready["Rules"] if "RateBasedStatement" in rule["Statement"]] == ["Public", "All"]
    assert "WebAclArn" in template("infra/web-acl.yaml")["Outputs"]


def test_budget_tells_who_is_told_about_alarms() -> None:
    [budget] = resources("AWS::Budgets::Budget", "infra/costs.yaml").values()

    told = [entry["Subscribers"][0]["Address"] for entry in budget["NotificationsWithSubscribers"]]
    assert told == [{"Ref": "AlarmEmail"}] * 2
    assert template()["Resources"]["Costs"]["Condition"] == "HasBudget"


def test_concurrency_is_reserved_for_the_doors_that_need_no_account() -> None:
    limited = {name for name, door in doors().items() if "ReservedConcurrentExecutions" in door}

    assert limited == {"IntakeApi", "SurveyApi"}

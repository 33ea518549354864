"""SLA policies: what they are made of. Saving one is served by escalation, which knows what a policy can match on."""

from tingjian.platform.features import Feature, Http, Place
from tingjian.sla.policies import routes
from tingjian.sla.policies.events import PolicyAdded, PolicyChanged, PolicyRemoved
from tingjian.sla.policies.storage import POLICIES, POLICY_SET

FEATURE = Feature(
    http=Http("escalation", routes.app),
    facts=(PolicyAdded, PolicyChanged, PolicyRemoved),
    places=(
        Place("policy", POLICIES, "<policy>", note="its current version"),
        Place("version of a policy", "policy#<policy>", "<version>"),
        Place(
            "set of policies",
            POLICY_SET.pk,
            POLICY_SET.sk,
            note="counts saves, so that two that clash cannot both be saved",
        ),
    ),
)

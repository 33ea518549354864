from tingjian.platform.features import READS_JOURNAL, WRITES_JOURNAL, Feature, Http, Place
from tingjian.survey.questionnaires import routes
from tingjian.survey.questionnaires.events import QuestionnaireAdded, QuestionnaireChanged
from tingjian.survey.questionnaires.rights import READ_SURVEYS
from tingjian.survey.questionnaires.storage import COLLECTION, VERSIONS

FEATURE = Feature(
    http=Http("survey", routes.app, touches=(READS_JOURNAL, WRITES_JOURNAL)),
    rights=(READ_SURVEYS,),
    facts=(QuestionnaireAdded, QuestionnaireChanged),
    places=(
        Place("questionnaire", COLLECTION, "<name>"),
        Place("version of a questionnaire", f"{VERSIONS}<name>", "version#<version>", note="Never changes."),
    ),
)

"""Where things are in a workspace, relative to its root: every path that code knows by itself.

What stages make and read is named in dvc.yaml and asked for by its file's name
(`Workspace.output`). Here stands the rest: what commands write before any stage has run, and
what no stage knows of. A contract test holds both to dvc.yaml, and finds no path anywhere else.
"""

from pathlib import Path

DATA = Path("data")
INBOX = DATA / "inbox"
OUTBOX = DATA / "outbox"
DELIVERIES = DATA / "deliveries"
DOMAIN = DATA / "domain"
PLAN = DOMAIN / "plan.csv"
TOPICS = DOMAIN / "topics.csv"
LOOK_ALIKES = DOMAIN / "look_alikes.txt"
TERMS = DOMAIN / "terms.txt"
GENERIC_WORDS = DOMAIN / "generic_words.txt"
SENSES = DOMAIN / "senses.json"
OPPOSITES = DOMAIN / "opposites.json"
FORMULAS = DOMAIN / "formulas.json"
NAMES = DOMAIN / "words.yaml"
SUBJECT_BRIEF = DOMAIN / "brief.md"
FIRST_QUEUES = DOMAIN / "queues"
VERDICTS = DATA / "reviews/verdicts.csv"
EDITS = DATA / "reviews/edits.jsonl"
TEST_SETS = DATA / "test_sets"
ENCODERS = DATA / "domain/encoders"
REMOVED = DATA / "reviews/removed.jsonl"
RECORDED = DATA / "embeddings/recorded"
EMBEDDING_JOBS = DATA / "embeddings/jobs"
RESPONSES = DATA / "responses"
RESPONSE_JOBS = RESPONSES / "jobs"

QUEUES = DATA / "task_queues"
COMPLETED = QUEUES / "completed"
COMPLETED_VIEW = QUEUES / "completed_tasks.json"

DVC_YAML = Path("dvc.yaml")
DVC_LOCK = Path("dvc.lock")
PARAMS = Path("params.yaml")
SETTINGS = Path("faucet.yaml")
LOCAL_SETTINGS = Path("faucet.local.yaml")
GIT_IGNORE = Path(".gitignore")
PROVIDERS = Path("providers.yaml")
LOCAL_PROVIDERS = Path("providers.local.yaml")
DVC_IGNORE = Path(".dvcignore")
PINS = Path("requirements.lock")
DVC = Path(".dvc")
DVC_RWLOCK = DVC / "tmp/rwlock"
DVC_FILES = DVC / "cache/files/md5"
METRICS = Path("metrics")
SCHEMAS = Path("schemas")
ENGINE_NOTES = Path("engine")

CACHE = Path(".cache")
RUN_LOCK = CACHE / "repro.lock"
RUN_GOES_ON = CACHE / "repro.running"
QUEUES_LOCK = CACHE / "queues.lock"
FETCH_LOCK = CACHE / "faucet/fetch.lock"
TEND_LOCK = CACHE / "faucet/tend.lock"
JUDGING_LOCK = CACHE / "faucet/judging.lock"
JUDGE_LOCK = CACHE / "faucet/judge.lock"
PARAMS_BEFORE = CACHE / "faucet/params.before.yaml"
SETTLED = CACHE / "faucet/settled"
UNPUBLISHED = CACHE / "faucet/unpublished"
CLAIMS_SEEN = CACHE / "faucet/claims_seen.json"
KEPT_COPIES = CACHE / "faucet/kept"
SET_ASIDE = CACHE / "faucet/damaged"
SEEN = CACHE / "seen"
REPRO_LOG = CACHE / "faucet/repro.log"
RECEIPTS_STAMP = CACHE / "receipts.json"
RUN_FIGURES = CACHE / "runs"
SESSIONS = CACHE / "faucet/sessions"
BATCH_FILES = CACHE / "batches"
BATCHES_LOCK = CACHE / "batches.lock"
WORK = CACHE / "work"
WORK_TAKEN = WORK / "taken"
WORK_RUNNING = WORK / "running"
WAITING_DELIVERIES = CACHE / "faucet/deliveries"
WAITING_LOCK = CACHE / "faucet/deliveries.lock"
DEMO = CACHE / "demo"
DESK_INDEX = CACHE / "desk"
SCRATCH = CACHE / "scratch"

_OFFLOADED = ".dvc"


def metrics_path(stage: str) -> Path:
    """Return where the metrics of a stage are."""
    return METRICS / f"{stage}.json"


def schema_path(format_name: str) -> Path:
    """Return where the schema of a published format is."""
    return SCHEMAS / f"{format_name}.schema.json"


def inbox_path(agent: str) -> Path:
    """Return where an agent drops files."""
    return INBOX / agent


def queue_path(agent: str) -> Path:
    """Return where an agent's queue is."""
    return QUEUES / f"{agent}_queue.json"


def receipt_path(task_id: str) -> Path:
    """Return where the receipt of a completed task is."""
    return COMPLETED / f"{task_id}.json"


def stand_in(path: Path) -> Path:
    """Return the file that stands in git for an input that DVC holds (`dvc add`)."""
    return path.with_name(path.name + _OFFLOADED)

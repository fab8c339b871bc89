"""The figures of what was decided about pairs that are alike."""

from collections import Counter

from pipeline.dedup.clusters.decisions import DecisionSet


def decision_metrics(resolution: DecisionSet, clusters: list[str]) -> dict[str, float]:
    """Return how many decisions there are of each kind; clusters names the one of each entry."""
    rulings = Counter(decision.ruling for decision in resolution.decisions)
    actions: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for (kind, action), count in rulings.items():
        actions[action] += count
        kinds[kind] += count
    sizes = Counter(clusters).values()
    return {
        "merged": len(resolution.merged),
        "aliased": actions["alias"],
        "linked": actions["keep"] - kinds["look_alike"],
        "proposals": actions["review"],
        "undecided_edges": resolution.undecided,
        "look_alikes": resolution.look_alikes,
        "look_alikes_listed": kinds["look_alike"],
        "alternatives": len(resolution.alternatives),
        "decided_by_reviewer": sum(d.is_by_reviewer for d in resolution.decisions),
        "clusters": sum(size > 1 for size in sizes),
        "largest_cluster": max(sizes, default=0),
        "duplicate_rate": round(len(resolution.merged) / max(1, len(clusters)), 6),
    }

"""Ways to train that are compared, as settings of a job. Targets, data, its order and the number of steps are the same for all arms of a task."""

LINEAR = {"shape": "linear", "start": 0.0, "end": 0.8}
# Keeps the activation until the last step, and is measured before it: what the activation is worth by itself. It cannot be merged.
UNMERGED = "afa-unmerged"
FULL = "full"
# On a base model in 4 bits.
NF4 = "lora-nf4"
# With groups of signs, as many as make the narrow side of the adapter this wide and divide the widths of the models.
SIGNED = ("lora-signs", "afa-signs")
SIGNED_WIDTH, MOST_GROUPS = 128, 64
MATCHED = {"activation": "matched_relu", "schedule": LINEAR}
# `alpha` is a factor on the rank.
ADAPTERS = {
    "lora": {"activation": "none"},
    NF4: {"activation": "none"},
    "lora-signs": {"activation": "none"},
    "afa-signs": MATCHED,
    "afa-matched-relu": MATCHED | {"sign_groups": 1},
    "rslora": {"activation": "none", "rslora": True},
    "afa-silu": {"activation": "silu", "schedule": LINEAR},
    "afa-relu": {"activation": "relu", "schedule": LINEAR},
    "afa-gelu": {"activation": "gelu", "schedule": LINEAR},
    "afa-linear-0.6": {"activation": "silu", "schedule": LINEAR | {"end": 0.6}},
    "afa-linear-0.95": {"activation": "silu", "schedule": LINEAR | {"end": 0.95}},
    "afa-cosine-0.8": {"activation": "silu", "schedule": LINEAR | {"shape": "cosine"}},
    "afa-step-0.5": {"activation": "silu", "schedule": {"shape": "step", "start": 0.5, "end": 0.5}},
    # Chosen by the results of the task `composition`.
    "afa-relu-0.6-rslora": {"activation": "relu", "schedule": LINEAR | {"end": 0.6}, "rslora": True},
    "afa-relu-0.6-alpha-4": {"activation": "relu", "schedule": LINEAR | {"end": 0.6}, "alpha": 4},
    UNMERGED: {"activation": "silu", "schedule": {"shape": "step", "start": 1.0, "end": 1.0}},
    "lora-alpha-1": {"activation": "none", "alpha": 1},
    "lora-alpha-4": {"activation": "none", "alpha": 4},
    "afa-alpha-1": {"activation": "silu", "schedule": LINEAR, "alpha": 1},
    "afa-alpha-4": {"activation": "silu", "schedule": LINEAR, "alpha": 4},
}
ALPHA = 2
BASE_PRECISIONS = {NF4: "nf4"}
# Arms with the learning rate of another one, instead of a sweep of their own.
RATES_OF = {NF4: "lora"}
# Arms that there also are with rank-stabilised scaling.
TWINS = ("lora-alpha-4", "afa-relu-0.6-alpha-4")
# In the order in which they are trained.
ARMS = tuple(dict.fromkeys(("lora", "afa-silu", FULL, UNMERGED, *ADAPTERS)))
# Of the tasks on which all weights may be better than LoRA.
WITH_GAP = ("lora", "rslora", "afa-silu", "afa-relu", "afa-matched-relu", *SIGNED, FULL)
# Of tasks that name none.
USUAL = tuple(arm for arm in ARMS if arm not in (NF4, "lora-alpha-1", "afa-alpha-1", "afa-alpha-4"))
# With as many trained values in each arm: an activation has none of its own.
RANKS = (4, 16)
ALL_RANKS = (1, 2, 4, 16)
# The arms that are trained with a task's other ranks too.
AT_OTHER_RANKS = ("lora", "afa-silu", *SIGNED)


def swept(arm):
    """The arm whose sweep decides the learning rate of this one."""
    return RATES_OF.get(arm, arm)


def settings(arm, rank, targets=None):
    """The keys of a request that make it this arm; `targets` of adapters, if not all projections."""
    if arm == FULL:
        return {"anneal": {"adapter": "none"}}
    chosen = ADAPTERS[arm]
    base = {"anneal": {"base_precision": BASE_PRECISIONS[arm]}} if arm in BASE_PRECISIONS else {}
    signs = {"sign_groups": min(MOST_GROUPS, SIGNED_WIDTH // rank)} if arm in SIGNED else {}
    return {"afa_lora": {"rank": rank, **chosen, **signs, "alpha": chosen.get("alpha", ALPHA) * rank, **({"target_modules": targets} if targets else {})}, **base}


def cells(task, names=ARMS, ranks=ALL_RANKS):
    """Arms of the task with their ranks; full fine-tuning has none."""
    chosen = [name for name in names if name in (task.arms or USUAL)]
    return [(arm, rank) for arm in chosen for rank in ((None,) if arm == FULL else [rank for rank in of_task(task, arm) if rank in ranks])
            if not is_twin(arm, rank)]


def of_task(task, arm):
    """The ranks that the arm is trained with."""
    return (task.ranks or RANKS) + (task.other_ranks if arm in AT_OTHER_RANKS else ())


def is_twin(arm, rank):
    """Whether an arm with rank-stabilised scaling computes the same at this rank: alpha / sqrt(rank) is then 4 as well."""
    return arm in TWINS and ALPHA * rank / rank ** 0.5 == 4

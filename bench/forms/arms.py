"""The arms that are compared: what each is, and where its sweep of learning rates begins."""
from .adapter import Form

LORA, FULL = "lora", "full"
HALF = ("q_proj", "v_proj")
ARMS = {
    LORA: Form(),
    FULL: Form("full"),
    "rslora": Form(rslora=True),
    "dora": Form("dora"),
    # Is AFA-LoRA anything else than a ramp of alpha?
    "ramp": Form("ramp"),
    "paper-silu": Form("paper", "silu"),
    "paper-relu": Form("paper", "relu"),
    # The even part alone, without the ramp.
    "matched-silu": Form("matched", "silu"),
    "matched-relu": Form("matched", "relu"),
    "matched-gelu": Form("matched", "gelu"),
    # A silu that is as non-linear as its inputs allow.
    "scaled-silu": Form("matched", "silu", scaled=True),
    # Without the bias that the merged model loses.
    "centred-relu": Form("matched", "relu", centred=True),
    # More of the training repairs what annealing took.
    "early-relu": Form("matched", "relu", end=0.5),
    "early-warm-relu": Form("matched", "relu", end=0.5, warms_again=True),
    # What the activation is worth where it stays; it cannot be merged.
    "kept-silu": Form("paper", "silu", end=None),
    "kept-relu": Form("matched", "relu", end=None),
    # Rounds of merge and restart raise the rank of the result.
    "cycles-4": Form(cycles=4),
    "cycles-4-relu": Form("matched", "relu", cycles=4),
    # As many trained values, and a result of higher rank: W * (1 + s B A) by elements (HiRA, ICLR 2025), values at random places of W, one square matrix for all
    # pieces of x (MoRA, arXiv 2405.12130), and blocks (MoRe, arXiv 2408.17383).
    "hadamard": Form("hadamard"),
    "sparse": Form("sparse"),
    "square": Form("square"),
    "blocks": Form(blocks=4),
    "blocks-relu": Form("matched", "relu", blocks=4),
    # Each group of outputs sees the inputs with signs of its own, drawn at random or by blocks of inputs.
    "groups-32": Form(groups=32),
    "signs-8": Form(groups=8, by_blocks=True),
    "signs-32": Form(groups=32, by_blocks=True),
    "signs-64": Form(groups=64, by_blocks=True),
    "signs-32-relu": Form("matched", "relu", groups=32, by_blocks=True),
    # LoRA that starts or learns otherwise: LoRA+ (arXiv 2402.12354), PiSSA (arXiv 2404.02948), A along the first gradient (as in LoRA-GA, arXiv 2407.05000).
    "lora-plus": Form(rate_of_b=16),
    "principal": Form(start="principal"),
    "gradient": Form(start="gradient"),
}
FIRST_RATES = {FULL: 1e-3, "sparse": 2e-3, "square": 2e-3, "lora-plus": 2e-3, "principal": 2e-3}
FIRST_RATE = 8e-3

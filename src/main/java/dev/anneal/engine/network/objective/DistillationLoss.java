package dev.anneal.engine.network.objective;

/** Divergences of a draft's distribution q from a target's p, or losses that fall with them. */
public enum DistillationLoss {
    /** KL(p || q). */
    KL_DIV(0),
    /** KL(q || p). */
    RKL(1),
    /** Total variation, 1 - sum min(p, q): one minus the probability that a proposed token is accepted. */
    TV(2),
    /** Cross entropy with the target's most likely token. */
    CE(3),
    /** Jensen-Shannon divergence. */
    JSD(4),
    /** Negative logarithm of the probability that a proposed token is accepted. */
    NLA(5),
    /** KL and total variation, in shares b and 1 - b with b = exp(-3 sum min(p, q)), which is not differentiated. */
    LK_HYBRID(6),
    /** Cross entropy with p, whose gradient is that of KL(p || q). */
    SOFT_CE(7);

    private final int number;

    DistillationLoss(int number) {
        this.number = number;
    }

    /** Its number in the program. */
    public int number() {
        return number;
    }
}

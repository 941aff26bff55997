package dev.anneal.engine.network.model;

/** How attention of a micro-batch's rows is computed in training. */
public enum AttentionKind {
    /** By one kernel for all rows where there is one ({@link FusedAttention}), whose last bits differ each time. */
    FUSED,
    /** Row after row, on any device with the same bits each time. */
    BY_ROW
}

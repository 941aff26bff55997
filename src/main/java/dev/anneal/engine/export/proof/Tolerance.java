package dev.anneal.engine.export.proof;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Allowed difference of a merged model from base and adapter. In fp32 only the order of sums differs, and logits must
 * agree. If weights are rounded to 16 bits, rounding changes the logits, but the predictions must agree.
 */
public enum Tolerance {
    EXACT {
        @Override
        boolean holds(AnswerDifference difference) {
            return difference.maxLogit() <= MAX_LOGIT || difference.maxShare() <= MAX_SHARE;
        }

        @Override
        Map<String, @Nullable Object> limits() {
            Map<String, @Nullable Object> limits = new LinkedHashMap<>();
            limits.put("max_abs_logit_diff", MAX_LOGIT);
            limits.put("max_rel_logit_diff", MAX_SHARE);
            return limits;
        }
    },
    ROUNDED {
        @Override
        boolean holds(AnswerDifference difference) {
            Double agreement = difference.topAgreement();
            return difference.meanDivergence() <= MEAN_DIVERGENCE && (agreement == null || agreement >= TOP_AGREEMENT);
        }

        @Override
        Map<String, @Nullable Object> limits() {
            Map<String, @Nullable Object> limits = new LinkedHashMap<>();
            limits.put("mean_kl", MEAN_DIVERGENCE);
            limits.put("top1_agreement", TOP_AGREEMENT);
            return limits;
        }
    };

    /** fp32 sums in another order: 1.06e-4 for a correct merge of SmolLM2-135M (docs/adr/0009). */
    private static final double MAX_LOGIT = 5e-4;
    /** The same limit where logits span more than the 30 of SmolLM2-135M: rounding in fp32 grows with the numbers. */
    private static final double MAX_SHARE = 1.7e-5;

    /** Nats per token. A correct bf16 merge of SmolLM2-135M, PEFT's as well as ours, has 2.2e-3 (docs/adr/0009). */
    private static final double MEAN_DIVERGENCE = 1e-2;

    private static final double TOP_AGREEMENT = 0.99;

    /** A correct bf16 merge of SmolLM2-135M deviates by 2.3 where its logits span about 30. */
    private static final double SHARE_OF_SPAN = 0.5;

    /**
     * The tolerance for a folder's weights: exact if all of them are fp32. Tables of tokens, integers and flags, are no
     * weights.
     */
    public static Tolerance of(Path folder) throws IOException {
        try (WeightDirectory weights = WeightDirectory.open(folder)) {
            return weights.names().stream()
                            .map(weights::entry)
                            .map(TensorEntry::dtype)
                            .filter(dtype -> ElementType.of(dtype).isPresent())
                            .allMatch(dtype -> dtype == Dtype.F32)
                    ? EXACT
                    : ROUNDED;
        }
    }

    abstract boolean holds(AnswerDifference difference);

    abstract Map<String, @Nullable Object> limits();

    private String remedy() {
        return this == ROUNDED ? "; with dtype float32 nothing is rounded" : "";
    }

    public void describe(AnswerDifference difference, int prompts, Map<String, @Nullable Object> proof) {
        proof.putAll(difference.figures());
        proof.put("probe_prompts", prompts);
        proof.put("probe_tokens", difference.positions());
        proof.put("tolerance", limits());
    }

    /** What is compared. */
    public enum Subject {
        MODEL("the merged model", "base and adapter do", "the trained model's answers cannot prove its merge"),
        HEAD("the exported head", "the trained head does", "the trained head's proposals cannot prove its export");

        private final String exported;
        private final String trained;
        private final String notProvable;

        Subject(String exported, String trained, String notProvable) {
            this.exported = exported;
            this.trained = trained;
            this.notProvable = notProvable;
        }
    }

    /**
     * @throws ExportException {@code merge_not_equivalent} if what is exported answers differently,
     *     {@code merge_not_provable} if what was trained cannot serve as a reference
     */
    public void require(AnswerDifference difference, Subject subject) {
        if (!(difference.meanSpan() > 0)) {
            throw notProvable(
                    subject,
                    ("at each of the %d positions of the probe it gives every token the same logit, or none that"
                                    + " is a number")
                            .formatted(difference.positions()));
        }
        if (!holds(difference)) {
            throw new ExportException(
                    ExportException.Code.MERGE_NOT_EQUIVALENT,
                    "%s does not answer as %s: allowed are %s, found %s%s"
                            .formatted(subject.exported, subject.trained, limits(), difference.figures(), remedy()));
        }
        if (difference.maxShare() > SHARE_OF_SPAN) {
            throw notProvable(
                    subject,
                    "at a position of the probe a logit of %s is off by %s of what the trained one's logits span there"
                            .formatted(subject.exported, difference.maxShare()));
        }
    }

    private static ExportException notProvable(Subject subject, String why) {
        return new ExportException(
                ExportException.Code.MERGE_NOT_PROVABLE,
                ("%s: %s. Its training has probably diverged: look at the job's losses and train again with a"
                                + " lower learning rate")
                        .formatted(subject.notProvable, why));
    }
}

package dev.anneal.engine.network.lora;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.WireName;

/**
 * How beta, the share of the activation in the adapter, falls from 1 to 0 (AFA-LoRA, arXiv:2512.22455; the paper does
 * not publish its schedule, so shape and span are settings). Beta depends only on the step, the total steps and these
 * three.
 *
 * @param start share of the steps after which beta begins to fall; {@code STEP} ignores it
 * @param end share of the steps after which beta is exactly 0
 */
public record AnnealingSchedule(Shape shape, double start, double end) {

    /** The curve between {@code start} and {@code end}. */
    public enum Shape implements WireName {
        LINEAR,
        COSINE,
        /** 1 until {@code end}, then 0. */
        STEP;

        static Shape named(String text) {
            return WireName.find(Shape.class, text)
                    .orElseThrow(() -> new AdapterConfigException(
                            "schedule.shape must be one of %s, was '%s'".formatted(WireName.list(Shape.class), text)));
        }
    }

    public AnnealingSchedule {
        if (!(start >= 0 && start <= 1)) {
            throw new AdapterConfigException("schedule.start must be a share of the steps from 0 to 1, was " + start);
        }
        if (!(end >= start && end <= 1)) {
            throw new AdapterConfigException(
                    "schedule.end must lie between schedule.start (%s) and 1, was %s".formatted(start, end));
        }
    }

    /** @throws AdapterConfigException if the shape is unknown or the span invalid */
    public static AnnealingSchedule of(String shape, double start, double end) {
        return new AnnealingSchedule(Shape.named(shape), start, end);
    }

    /** @throws AdapterConfigException as for {@link #of(String, double, double)} */
    public static AnnealingSchedule of(AdapterSettings.Schedule settings) {
        return of(settings.shape(), settings.start(), settings.end());
    }

    /** Beta 0 from the first step on: a plain LoRA. */
    public static AnnealingSchedule none() {
        return new AnnealingSchedule(Shape.LINEAR, 0, 0);
    }

    /**
     * Beta of a step, counted from 0. For {@code step >= totalSteps}, that is after the last step, it is 0 for every
     * schedule.
     *
     * @throws IllegalArgumentException if step is negative or totalSteps is not positive
     */
    public double betaAt(int step, int totalSteps) {
        if (step < 0 || totalSteps < 1) {
            throw new IllegalArgumentException("no step %d of %d".formatted(step, totalSteps));
        }
        double progress = (double) step / totalSteps;
        double from = shape == Shape.STEP ? end : start;
        if (step >= totalSteps) {
            return 0;
        }
        if (progress < from) {
            return 1;
        }
        if (progress >= end) {
            return 0;
        }
        double fallen = (progress - start) / (end - start);
        return switch (shape) {
            case LINEAR -> 1 - fallen;
            case COSINE -> (1 + Math.cos(Math.PI * fallen)) / 2;
            case STEP -> throw new IllegalStateException("a step has no slope");
        };
    }
}

package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.protocol.WireName;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Shape and form of an adapter: {@code h = W0 x + s B phi(A dropout(x))},
 * {@code phi(z) = beta sigma(z) + (1 - beta) z}.
 *
 * @param rank r, rows of A
 * @param alpha numerator of the scale s
 * @param rslora whether s is alpha / sqrt(r) instead of alpha / r
 * @param dropout probability that an input of A is dropped in training
 * @param activation sigma
 * @param schedule how beta falls
 * @param targets adapted projections, in every layer
 * @param signGroups G, a power of two: the outputs of a projection are in G groups, and A of the g-th is A times
 *     {@link Signs}, so that the adapter is a LoRA of rank G r with the trained values of one of rank r
 */
public record AdapterConfig(
        int rank,
        double alpha,
        boolean rslora,
        double dropout,
        Activation activation,
        AnnealingSchedule schedule,
        Set<Projection> targets,
        int signGroups) {

    /** The target that means every projection. */
    public static final String ALL_LINEAR = "all-linear";

    /** The activation that means a plain LoRA: beta is 0 throughout. */
    public static final String NO_ACTIVATION = "none";

    /** Without groups of signs. */
    public AdapterConfig(
            int rank,
            double alpha,
            boolean rslora,
            double dropout,
            Activation activation,
            AnnealingSchedule schedule,
            Set<Projection> targets) {
        this(rank, alpha, rslora, dropout, activation, schedule, targets, 1);
    }

    public AdapterConfig {
        if (rank < 1) {
            throw new AdapterConfigException("rank must be at least 1, was " + rank);
        }
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new AdapterConfigException("alpha must be a positive number, was " + alpha);
        }
        if (!(dropout >= 0 && dropout < 1)) {
            throw new AdapterConfigException("dropout must be a probability from 0 to below 1, was " + dropout);
        }
        if (targets.isEmpty()) {
            throw new AdapterConfigException("target_modules must name at least one projection");
        }
        if (signGroups < 1 || Integer.bitCount(signGroups) != 1) {
            throw new AdapterConfigException("sign_groups must be a power of two, was " + signGroups);
        }
        targets = Collections.unmodifiableSet(EnumSet.copyOf(targets));
    }

    /** s, the factor of B's output. */
    public double scale() {
        return rslora ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /** Rank of the adapter as an ordinary LoRA: values of z of a projection. */
    public int widerRank() {
        return rank * signGroups;
    }

    /** The same adapter as an ordinary, linear LoRA, as {@link LoraForm} writes it. */
    public AdapterConfig asLora() {
        return signGroups == 1
                ? this
                : new AdapterConfig(widerRank(), scale() * widerRank(), false, dropout, activation, schedule, targets);
    }

    /**
     * @throws AdapterConfigException if this model does not have a target, or groups do not divide its inputs and
     *     outputs
     */
    public void requireFits(LayerShape model) {
        for (Projection target : targets) {
            if (!model.projections().all().contains(target)) {
                throw new AdapterConfigException("target_modules names %s, but this model has %s"
                        .formatted(target.shortName(), model.projections().names()));
            }
            int inputs = target.inputSize(model);
            int outputs = target.outputSize(model);
            if (inputs % signGroups != 0 || outputs % signGroups != 0) {
                throw new AdapterConfigException(
                        "sign_groups must divide inputs and outputs of %s, %d and %d in this model, was %d"
                                .formatted(target.shortName(), inputs, outputs, signGroups));
            }
        }
    }

    /**
     * @param projections of the model
     * @throws AdapterConfigException if a name is none of them, or {@value #ALL_LINEAR} is not the only one
     */
    public static Set<Projection> targetsNamed(List<String> names, Projections projections) {
        if (names.equals(List.of(ALL_LINEAR))) {
            return EnumSet.copyOf(projections.all());
        }
        EnumSet<Projection> targets = EnumSet.noneOf(Projection.class);
        for (String name : names) {
            targets.add(projections
                    .named(name)
                    .orElseThrow(() ->
                            new AdapterConfigException("target_modules may name %s, or be [\"%s\"] alone; found '%s'"
                                    .formatted(projections.names(), ALL_LINEAR, name))));
        }
        return targets;
    }

    /** @throws AdapterConfigException if there is no such activation; {@value #NO_ACTIVATION} is not one */
    public static Activation activationNamed(String name) {
        return WireName.find(Activation.class, name)
                .orElseThrow(() ->
                        new AdapterConfigException("activation must be one of %s, or %s for a plain LoRA; was '%s'"
                                .formatted(WireName.list(Activation.class), NO_ACTIVATION, name)));
    }

    /**
     * An adapter as requests and task files describe it. The activation {@value #NO_ACTIVATION} gives a plain LoRA,
     * whatever the schedule.
     *
     * @throws AdapterConfigException naming the first setting that is wrong
     */
    public static AdapterConfig of(
            int rank,
            double alpha,
            boolean rslora,
            double dropout,
            String activation,
            AnnealingSchedule schedule,
            Set<Projection> targets) {
        boolean plain = NO_ACTIVATION.equals(activation);
        return new AdapterConfig(
                rank,
                alpha,
                rslora,
                dropout,
                plain ? Activation.SILU : activationNamed(activation),
                plain ? AnnealingSchedule.none() : schedule,
                targets);
    }

    /** The same adapter with other groups of signs. */
    public AdapterConfig withSignGroups(int groups) {
        return new AdapterConfig(rank, alpha, rslora, dropout, activation, schedule, targets, groups);
    }
}

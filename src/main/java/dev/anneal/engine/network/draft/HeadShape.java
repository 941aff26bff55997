package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.protocol.TrainingMethod;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The shape of a draft head, from a job's method and its target. */
public final class HeadShape {

    private HeadShape() {}

    /** Shape of a head for a target. */
    public static EagleConfig of(TrainingMethod.SpeculativeDraft method, ModelConfig target) {
        ModelConfig layer = target.ofOneLayer(0);
        if (method.kind().equals(TrainingMethod.SpeculativeDraft.EAGLE1)) {
            return new EagleConfig(EagleConfig.Version.EAGLE1, layer, List.of(), target.vocabularySize(), Set.of());
        }
        TrainingMethod.EagleHead shape = Objects.requireNonNull(method.head(), "an eagle3 head has a shape");
        Set<EagleSwitch> switches = EnumSet.noneOf(EagleSwitch.class);
        addIf(switches, shape.normBeforeResidual(), EagleSwitch.NORM_BEFORE_RESIDUAL);
        addIf(switches, shape.normBeforeFc(), EagleSwitch.NORM_BEFORE_FC);
        addIf(switches, shape.fcNorm(), EagleSwitch.FC_NORM);
        addIf(switches, shape.normOutput(), EagleSwitch.NORM_OUTPUT);
        return new EagleConfig(EagleConfig.Version.EAGLE3, layer, shape.layers(), shape.vocabularySize(), switches);
    }

    /** Projections of what a method trains: those of its head if it trains one, else the model's. */
    public static Projections projections(TrainingMethod method, ModelConfig model) {
        return method.trainsHead() ? EagleNames.PROJECTIONS : model.projections();
    }

    private static void addIf(Set<EagleSwitch> switches, boolean isOn, EagleSwitch one) {
        if (isOn) {
            switches.add(one);
        }
    }
}

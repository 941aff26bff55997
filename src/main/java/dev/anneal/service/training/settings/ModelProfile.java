package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.Architecture;
import dev.anneal.engine.network.architecture.LayerWidths;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Properties of a base model, or of a draft head, that determine training settings.
 *
 * @param parameters number of weights
 * @param heads query heads of a layer
 * @param contextTokens maximum length of the model's input
 * @param baseRates peak learning rates for the multiplier 1
 * @param projections linear layers of one decoder layer, by their short names in {@code target_modules}
 * @param head what a draft head has beside its layer; null for a model
 * @param inNf4 whether the projections are in 4 bits, in the model's files or while an adapter is trained
 * @param shares number of devices of which each keeps an equal share of the projections; 1 if each keeps all
 * @param takesHeads as {@link Architecture#takesHeads}
 * @param widths of the activations that a layer keeps for a token
 */
public record ModelProfile(
        String id,
        long parameters,
        int layers,
        int hiddenSize,
        int heads,
        int vocabularySize,
        int contextTokens,
        BaseRates baseRates,
        Map<String, LayerSize> projections,
        @Nullable HeadParts head,
        boolean inNf4,
        int shares,
        boolean takesHeads,
        LayerWidths widths) {

    /** Rank times groups of signs where a request leaves the groups open: the width of z in the study. */
    private static final int SIGNED_WIDTH = 128;

    /** Full training uses about a tenth of an adapter's rate. */
    private static final double FULL_TRAINING_RATE = 0.1;

    /**
     * Peak learning rates for the multiplier 1.
     *
     * @param adapter of an adapter
     * @param allWeights of training without one
     */
    record BaseRates(double adapter, double allWeights) {

        /** Those of a model whose adapters are trained with this rate. */
        static BaseRates ofModel(double adapter) {
            return new BaseRates(adapter, adapter * FULL_TRAINING_RATE);
        }
    }

    /** Size of a linear layer. */
    public record LayerSize(int in, int out) {

        int smallerSide() {
            return Math.min(in, out);
        }
    }

    public ModelProfile {
        projections = Map.copyOf(projections);
    }

    public static ModelProfile of(BaseModel model) {
        return of(model.id(), model.config(), model.baseLearningRate());
    }

    public static ModelProfile of(String id, ModelConfig config, double baseLearningRate) {
        return new ModelProfile(
                id,
                config.parameters(),
                config.layers(),
                config.hiddenSize(),
                config.heads(),
                config.vocabularySize(),
                config.maxPositions(),
                BaseRates.ofModel(baseLearningRate),
                config.projections().all().stream()
                        .collect(Collectors.toMap(
                                Projection::shortName,
                                projection ->
                                        new LayerSize(projection.inputSize(config), projection.outputSize(config)))),
                null,
                config.storedInNf4(),
                1,
                config.architecture().takesHeads(),
                LayerWidths.of(config));
    }

    /**
     * @param name short name in {@code target_modules}
     */
    LayerSize layer(String name) {
        return Objects.requireNonNull(projections.get(name), name);
    }

    /** Short names of the projections of a group. */
    List<String> names(ProjectionGroup group) {
        return Arrays.stream(Projection.values())
                .filter(projection -> projection.group() == group)
                .map(Projection::shortName)
                .filter(projections::containsKey)
                .toList();
    }

    /** Weights of the matrices that a token is multiplied with, including the output embedding. */
    long multipliedParameters() {
        return layers * matrixElements() + (long) vocabularySize * hiddenSize;
    }

    /** Weights of a layer's projections. */
    long matrixElements() {
        return projections.values().stream()
                .mapToLong(size -> (long) size.in() * size.out())
                .sum();
    }

    /** The same model in memory. */
    public ModelProfile kept(boolean isInNf4, int keptShares) {
        return new ModelProfile(
                id,
                parameters,
                layers,
                hiddenSize,
                heads,
                vocabularySize,
                contextTokens,
                baseRates,
                projections,
                head,
                isInNf4,
                keptShares,
                takesHeads,
                widths);
    }

    /** Whether a layer's projections are formed in a buffer when it is computed. */
    boolean formsLayers() {
        return inNf4 || shares > 1;
    }

    /** Peak rate of the multiplier 1. */
    double baseLearningRate(@Nullable AdapterSettings adapter) {
        return adapter == null ? baseRates.allWeights() : baseRates.adapter();
    }

    /**
     * Refuses an adapter that does not fit the model, or a model that is too large to train all its weights. An adapter
     * that exists already may have a rank above the width of a layer: exports of groups of signs have such ranks.
     */
    public void check(JobRequest request, long mostTrainedParameters) {
        AdapterSettings adapter = request.adapter();
        if (adapter != null) {
            check(adapter, request.initialAdapter() == null);
        } else if (parameters > mostTrainedParameters) {
            throw new Refusal(
                    RefusalCode.NOT_SUPPORTED,
                    ("'anneal.adapter' is 'none', which trains all %,d weights of '%s' at 20 bytes each and more for"
                                    + " every compute thread; this installation trains at most %,d"
                                    + " (anneal.jobs.full-training-max-parameters). Train an adapter instead")
                            .formatted(parameters, id, mostTrainedParameters),
                    "anneal.adapter");
        }
    }

    private void check(AdapterSettings adapter, boolean isNew) {
        for (String target : targets(adapter)) {
            LayerSize projection = projections.get(target);
            if (projection == null) {
                throw Refusal.invalidValue(
                        "afa_lora.target_modules",
                        "'afa_lora.target_modules' names '" + target + "', which '" + id + "' does not have; use "
                                + AdapterConfig.ALL_LINEAR + " or some of "
                                + String.join(
                                        ", ",
                                        projections.keySet().stream().sorted().toList()));
            }
            if (isNew && adapter.rank() > projection.smallerSide()) {
                throw Refusal.invalidValue(
                        "afa_lora.rank",
                        "'afa_lora.rank' is " + adapter.rank() + " but '" + target + "' of '" + id + "' is "
                                + projection.in() + " x "
                                + projection.out() + "; use a rank from 1 to " + greatestRank(adapter)
                                + ", or leave that layer out of 'afa_lora.target_modules'");
            }
        }
        int groups = adapter.signGroups();
        int most = mostSignGroups(adapter);
        if (Integer.bitCount(groups) != 1 || groups > most) {
            throw Refusal.invalidValue(
                    "afa_lora.sign_groups",
                    ("'afa_lora.sign_groups' is %d; use 1 or another power of two up to %d, the largest that divides"
                                    + " inputs and outputs of all layers of '%s' that are adapted")
                            .formatted(groups, most, id));
        }
    }

    /** The adapter with a number of groups of signs, if the request leaves it open. */
    public AdapterSettings fitted(AdapterSettings adapter) {
        if (adapter.signGroups() != AdapterSettings.FITTING_SIGN_GROUPS) {
            return adapter;
        }
        int suiting = Integer.highestOneBit(Math.max(1, SIGNED_WIDTH / adapter.rank()));
        return adapter.withSignGroups(Math.min(suiting, Math.max(1, mostSignGroups(adapter))));
    }

    /** 0 if the model has none of the layers. */
    private int mostSignGroups(AdapterSettings adapter) {
        return Integer.lowestOneBit(targets(adapter).stream()
                .map(projections::get)
                .filter(Objects::nonNull)
                .mapToInt(projection -> projection.in() | projection.out())
                .reduce(0, (one, other) -> one | other));
    }

    private int greatestRank(AdapterSettings adapter) {
        return targets(adapter).stream()
                .map(projections::get)
                .filter(projection -> projection != null)
                .mapToInt(LayerSize::smallerSide)
                .min()
                .orElse(1);
    }

    /** Refuses a row length beyond the model's context. */
    void checkLength(TrainingOptions options) {
        Integer maxLength = options.maxLength();
        if (maxLength != null && maxLength > contextTokens) {
            throw Refusal.invalidValue(
                    "anneal.max_length",
                    "'anneal.max_length' is " + maxLength + " but the context of '" + id + "' ends at " + contextTokens
                            + " tokens; use at most that, or leave it out");
        }
    }

    Collection<String> targets(@Nullable AdapterSettings adapter) {
        if (adapter == null) {
            return List.of();
        }
        return adapter.targetModules().equals(List.of(AdapterConfig.ALL_LINEAR))
                ? projections.keySet().stream().sorted().toList()
                : adapter.targetModules();
    }

    /** Trained parameters: A and B of each targeted layer, or all weights; of a head also fc and norms. */
    public long trainedParameters(@Nullable AdapterSettings adapter) {
        return adapterParameters(adapter) + wholeParameters(adapter);
    }

    /** Weights that are trained themselves, not by an adapter. */
    long wholeParameters(@Nullable AdapterSettings adapter) {
        if (head == null) {
            return adapter == null ? parameters : 0;
        }
        return adapter == null ? parameters - head.fixed() : head.whole();
    }

    /** A and B of each targeted layer. */
    long adapterParameters(@Nullable AdapterSettings adapter) {
        if (adapter == null) {
            return 0;
        }
        long widths = targets(adapter).stream()
                .map(projections::get)
                .filter(projection -> projection != null)
                .mapToLong(projection -> (long) projection.in() + projection.out())
                .sum();
        return widths * adapter.rank() * layers;
    }
}

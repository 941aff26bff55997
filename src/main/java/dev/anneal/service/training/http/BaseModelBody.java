package dev.anneal.service.training.http;

import dev.anneal.protocol.WireName;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.hub.HubModel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A base model of the installation, from its folder or from the Hub.
 *
 * @param source {@code folder} or {@code hub}
 * @param revision the requested branch, tag or commit; null for a model of the folder, and for a cached one without a
 *     request
 * @param sha commit that jobs are trained on
 * @param bytesTotal size of the model's files; null until it is known
 * @param architecture null until the model is available
 * @param memory memory for training an adapter of it on the responding machine; null until the model is available
 */
record BaseModelBody(
        String id,
        String object,
        String source,
        String state,
        @Nullable String revision,
        @Nullable String sha,
        @Nullable Long bytesDone,
        @Nullable Long bytesTotal,
        @Nullable String license,
        @Nullable String architecture,
        @Nullable Long parameters,
        @Nullable Integer contextTokens,
        @Nullable Memory memory,
        @Nullable Fault error) {

    private static final String OBJECT = "anneal.base_model";

    /**
     * Whether a training fits.
     *
     * @param trainingBytes memory to train an adapter of rank 16 on all projections, with rows of 1,024 tokens
     * @param machineBytes memory of the responding machine or container
     */
    record Memory(long trainingBytes, long machineBytes, boolean fits) {}

    /** Why the last pull failed. */
    record Fault(String code, String message) {}

    /** A requested model; {@code there} is the model in use. */
    static BaseModelBody of(HubModel asked, Optional<BaseModel> there, MemoryFit fit) {
        String code = asked.errorCode();
        return new BaseModelBody(
                asked.id(),
                OBJECT,
                "hub",
                asked.state().wireName(),
                asked.revision(),
                asked.sha(),
                asked.bytesDone(),
                asked.bytesTotal(),
                asked.license(),
                there.map(BaseModelBody::architecture).orElse(null),
                there.map(BaseModel::parameters).orElse(null),
                there.map(BaseModel::contextTokens).orElse(null),
                there.map(fit::of).orElse(null),
                code == null ? null : new Fault(code, String.valueOf(asked.errorMessage())));
    }

    /** A model that is available without a request. */
    static BaseModelBody of(BaseModel model, MemoryFit fit) {
        return new BaseModelBody(
                model.id(),
                OBJECT,
                model.revision() == null ? "folder" : "hub",
                HubModel.State.READY.wireName(),
                null,
                model.revision(),
                null,
                null,
                null,
                architecture(model),
                model.parameters(),
                model.contextTokens(),
                fit.of(model),
                null);
    }

    private static String architecture(BaseModel model) {
        return WireName.of(model.config().architecture());
    }
}

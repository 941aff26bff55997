package dev.anneal.service.training.job;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.peft.ImportedAdapter;
import dev.anneal.engine.network.peft.PeftException;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.training.settings.AdapterRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.springframework.stereotype.Component;

/** Archives of adapters that PEFT saved elsewhere. Their settings, names, types and shapes are checked against a base model before anything is queued. */
@Component
public final class UploadedAdapters {

    private final Files files;
    private final ArtifactStore store;

    UploadedAdapters(Files files, ArtifactStore store) {
        this.files = files;
        this.store = store;
    }

    /**
     * The settings of an adapter. Requires a transaction of the tenant, which protects the file from deletion until it ends.
     *
     * @param param request key that names the file
     * @throws Refusal if the file does not exist or is not an adapter of the model
     */
    public AdapterSettings require(String param, String id, BaseModel model) {
        StoredFile file = files.lockForUse(id)
                .orElseThrow(() ->
                        Refusal.invalidValue(param, "'" + param + "' names '" + id + "', but there is no such thing"));
        if (file.purpose() != FilePurpose.USER_DATA) {
            throw Refusal.invalidValue(
                    param,
                    "'%s' names '%s', whose purpose is '%s'; upload the adapter's folder as a tar with the purpose '%s'"
                            .formatted(param, id, file.purpose().wireName(), FilePurpose.USER_DATA.wireName()));
        }
        try (LocalCopy content = store.localFile(file.content(), file.sha256());
                ImportedAdapter adapter = ImportedAdapter.open(content.path(), model.config())) {
            return settings(adapter.config());
        } catch (PeftException e) {
            throw new Refusal(
                    RefusalCode.ADAPTER_INVALID,
                    "'%s' names '%s', which is no adapter that fits '%s': %s"
                            .formatted(param, id, model.id(), e.getMessage()),
                    param);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AdapterSettings settings(AdapterConfig adapter) {
        boolean all = adapter.targets().size() == Projection.values().length;
        return new AdapterSettings(
                adapter.rank(),
                adapter.alpha(),
                adapter.dropout(),
                all
                        ? List.of(AdapterConfig.ALL_LINEAR)
                        : adapter.targets().stream().map(Projection::shortName).toList(),
                adapter.rslora(),
                AdapterConfig.NO_ACTIVATION,
                AdapterRequest.DEFAULT_SCHEDULE);
    }
}

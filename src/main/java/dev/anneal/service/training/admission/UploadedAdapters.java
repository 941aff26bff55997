package dev.anneal.service.training.admission;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.Projections;
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
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.training.settings.AdapterRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Archives of adapters that PEFT saved elsewhere. Their settings, names, types and shapes are checked against a base
 * model before anything is queued.
 */
@Component
public final class UploadedAdapters {

    private final Files files;
    private final ArtifactStore store;

    UploadedAdapters(Files files, ArtifactStore store) {
        this.files = files;
        this.store = store;
    }

    /**
     * Reads an adapter. Must be called outside transactions, because it may download the file.
     *
     * @param param request key that names the file
     * @throws Refusal if the file does not exist or is not an adapter of the model
     */
    public UploadedAdapter read(String tenantId, String param, String id, BaseModel model) {
        StoredFile file = requireUsable(param, id, files.find(tenantId, id));
        try (LocalCopy content = store.localFile(file.content(), file.sha256());
                ImportedAdapter adapter = ImportedAdapter.open(content.path(), model.config())) {
            return new UploadedAdapter(
                    id, model, settings(adapter.config(), model.config().projections()));
        } catch (PeftException e) {
            throw new Refusal(
                    RefusalCode.ADAPTER_INVALID,
                    "'%s' names '%s', which is no adapter that fits '%s': %s"
                            .formatted(param, id, model.id(), e.getMessage()),
                    param);
        } catch (StorageException missing) {
            // Deleted while it was read.
            requireUsable(param, id, files.find(tenantId, id));
            throw missing;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Protects the file of an adapter that was read from deletion until the end of the tenant's transaction.
     *
     * @param model base model that the adapter is wanted for
     * @throws Refusal if the file has been deleted or the model has changed since
     */
    public void require(String param, UploadedAdapter adapter, BaseModel model) {
        requireUsable(param, adapter.fileId(), files.lockForUse(adapter.fileId()));
        if (!adapter.model().config().equals(model.config())) {
            throw new Refusal(
                    RefusalCode.BASE_MODEL_CHANGED,
                    "'%s' was changed while '%s' was read. Send the request again."
                            .formatted(model.id(), adapter.fileId()),
                    param);
        }
    }

    private static StoredFile requireUsable(String param, String id, Optional<StoredFile> found) {
        StoredFile file = found.orElseThrow(
                () -> Refusal.invalidValue(param, "'" + param + "' names '" + id + "', but there is no such thing"));
        if (file.purpose() != FilePurpose.USER_DATA) {
            throw Refusal.invalidValue(
                    param,
                    "'%s' names '%s', whose purpose is '%s'; upload the adapter's folder as a tar with the purpose '%s'"
                            .formatted(param, id, file.purpose().wireName(), FilePurpose.USER_DATA.wireName()));
        }
        return file;
    }

    private static AdapterSettings settings(AdapterConfig adapter, Projections projections) {
        boolean all = adapter.targets().containsAll(projections.all());
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

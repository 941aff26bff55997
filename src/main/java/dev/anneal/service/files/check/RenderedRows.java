package dev.anneal.service.files.check;

import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.data.RowReader;
import dev.anneal.engine.text.data.ShownRow;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Rows of a file as a base model reads them, rendered while a client waits: few at a time, because each loads a
 * tokenizer.
 */
@Component
public final class RenderedRows {

    private static final int AT_A_TIME = 4;
    private static final int OF_A_TENANT = 2;

    private final ArtifactStore store;
    private final ModelCatalog catalog;
    private final Clock clock;
    private final TenantSlots slots = new TenantSlots(AT_A_TIME, OF_A_TENANT);

    RenderedRows(ArtifactStore store, ModelCatalog catalog, Clock clock) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
    }

    /**
     * Renders lines of a file of rows.
     *
     * @param after line after which to begin; 0 for the first
     * @throws Refusal {@code queue_full} while too many are rendered, {@code invalid_value} for a file of another
     *     purpose, {@code base_model_unreadable} if the model's template does not work, {@code dataset_invalid} if a
     *     row takes too long, and for the model as {@link ModelCatalog#require(String)}
     */
    public List<ShownRow> read(StoredFile file, String modelId, long after, int count) throws IOException {
        if (file.purpose() != FilePurpose.FINE_TUNE) {
            throw Refusal.invalidValue(
                    "file_id",
                    "'%s' has the purpose '%s'; only files of 'fine-tune' have rows"
                            .formatted(file.id(), file.purpose().wireName()));
        }
        BaseModel model = catalog.require(modelId);
        if (!slots.take(file.tenantId())) {
            throw new Refusal(
                    RefusalCode.QUEUE_FULL,
                    "%d requests at a time may render rows, %d of one tenant. Try again in a moment."
                            .formatted(AT_A_TIME, OF_A_TENANT));
        }
        try {
            return read(file, model, after, count);
        } finally {
            slots.giveBack(file.tenantId());
        }
    }

    private List<ShownRow> read(StoredFile file, BaseModel model, long after, int count) throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model.directory());
                InputStream content = store.open(file.content(), 0)) {
            return new RowReader(ChatEncoder.of(tokenizer, clock.instant())).read(content, after, count);
        } catch (DataException fault) {
            throw new Refusal(RefusalCode.BASE_MODEL_UNREADABLE, String.valueOf(fault.getMessage()));
        } catch (StalledRenderingException stall) {
            throw new Refusal(RefusalCode.DATASET_INVALID, String.valueOf(stall.getMessage()));
        }
    }
}

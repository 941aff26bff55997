package dev.anneal.service.files.check;

import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.rows.DatasetValidator;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Reads a file for a check. Not final: tests override it. */
@Component
class CheckWork {

    private final ArtifactStore store;
    private final ModelCatalog catalog;

    CheckWork(ArtifactStore store, ModelCatalog catalog) {
        this.store = store;
        this.catalog = catalog;
    }

    ValidationReport validate(FileCheck check) throws IOException {
        try (InputStream content = store.open(content(check), 0)) {
            return DatasetValidator.validate(content);
        }
    }

    /**
     * Counts the tokens for each of the lengths.
     *
     * @throws Refusal if the model has changed since the count was requested
     * @throws DataException if its tokenizer or chat template does not work
     * @throws StalledRenderingException naming the row whose rendering stalled
     */
    List<TokenReport> count(FileCheck check, List<Integer> maxLengths) throws IOException {
        BaseModel model = catalog.require(Objects.requireNonNull(check.modelId()));
        if (!model.tokenizer().equals(check.tokenizer())) {
            throw new Refusal(
                    RefusalCode.BASE_MODEL_CHANGED,
                    "The tokenizer of '" + model.id()
                            + "' was changed after the job was created. Create the job again.");
        }
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model.directory());
                LocalCopy content = store.localFile(content(check), check.sha256())) {
            return ChatEncoder.of(tokenizer, check.requestedAt()).reports(content.path(), maxLengths);
        }
    }

    private static ArtifactKey content(FileCheck check) {
        return ArtifactKey.ofFile(check.tenantId(), check.fileId());
    }
}

package dev.anneal.engine.export;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The large files of an export, of which an attempt that was cut off has left some. A file that is whole, and was made of the same inputs in the same way, is
 * kept; that is seen by a receipt, which is written when the file is complete, and by the file's own hash. Anything else is made again.
 */
final class Parts {

    /** Raised when the same inputs are made into other bytes than before. */
    private static final int ARITHMETIC = 1;

    private final StagedDirectory staged;
    private final String inputs;
    private final ExportRequest request;

    /** Hashes of the parts that are whole, by name. */
    private final Map<String, String> hashes = new HashMap<>();

    /** @param inputs everything that decides the files' bytes, beside what each part says of itself */
    Parts(StagedDirectory staged, String inputs, ExportRequest request) {
        this.staged = staged;
        this.inputs = inputs;
        this.request = request;
    }

    /**
     * A file to be made.
     *
     * @param content what it holds, as far as it is not the same for all files of the export
     */
    record Part(String name, String content) {}

    /**
     * What is known of a complete file.
     *
     * @param inputs hash of what it was made of
     * @param account what became of its tensors
     */
    record Receipt(String inputs, long bytes, String sha256, WeightRows.Account account) {

        Receipt {
            Objects.requireNonNull(inputs);
            Objects.requireNonNull(sha256);
            Objects.requireNonNull(account);
        }
    }

    /** Keeps the parts that are whole and removes everything else of an earlier attempt. Called once, before anything is written. */
    Map<String, Receipt> keep(List<Part> parts) throws IOException {
        Map<String, Receipt> kept = new LinkedHashMap<>();
        if (staged.isContinued()) {
            for (Part part : parts) {
                whole(part).ifPresent(receipt -> kept.put(part.name(), receipt));
            }
            kept.forEach((name, receipt) -> hashes.put(name, receipt.sha256()));
            staged.retain(kept.keySet());
            if (!parts.isEmpty()) {
                request.progress().accept(new Progress.PartsKept(kept.size(), parts.size()));
            }
        }
        return kept;
    }

    private Optional<Receipt> whole(Part part) throws IOException {
        Path file = staged.path().resolve(part.name());
        try {
            Receipt receipt =
                    JsonMapper.shared().readValue(Files.readAllBytes(staged.receipt(part.name())), Receipt.class);
            return receipt.inputs().equals(hash(part))
                            && receipt.bytes() == Files.size(file)
                            && receipt.sha256().equals(Sha256.of(file, request.betweenTensors()))
                    ? Optional.of(receipt)
                    : Optional.empty();
        } catch (NoSuchFileException | JacksonException unusable) {
            return Optional.empty();
        }
    }

    /** Writes down that a part is complete, so that another attempt may keep it. */
    void made(Part part, WeightRows.Account account) throws IOException {
        Path file = staged.path().resolve(part.name());
        Receipt receipt = new Receipt(hash(part), Files.size(file), Sha256.of(file, request.betweenTensors()), account);
        Files.write(staged.receipt(part.name()), JsonMapper.shared().writeValueAsBytes(receipt));
        hashes.put(part.name(), receipt.sha256());
    }

    /** Hash of a file of the export; a part is not read another time for it. */
    String sha256(Path file) throws IOException {
        String known = hashes.get(String.valueOf(file.getFileName()));
        return known == null ? Sha256.of(file, request.betweenTensors()) : known;
    }

    private String hash(Part part) {
        return Sha256.ofText(ARITHMETIC + "\n" + inputs + "\n" + part.content());
    }
}

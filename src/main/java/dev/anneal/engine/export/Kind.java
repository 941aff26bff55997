package dev.anneal.engine.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A form of export: writes its files into a folder and proves what it can about them. */
interface Kind {

    /** The name as the API writes it. */
    String wireName();

    /** Whether only an adapter at beta 0 may take this form. */
    boolean needsAnnealedAdapter();

    /**
     * @param parts keeps what an earlier attempt has left in the folder, and is told of what is made
     * @return the proof, as the manifest shows it
     * @throws ExportException if it fails
     */
    Map<String, @Nullable Object> write(Path folder, Parts parts) throws IOException;
}

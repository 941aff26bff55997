package dev.anneal.service.models.catalog;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A source of base models in addition to the operator's folder. Its models have revisions, which never change. */
public interface ModelSource {

    /**
     * A model on this machine.
     *
     * @param revision its commit; null in the operator's folder
     */
    record Located(Path folder, @Nullable String revision) {}

    /** Ids of the models that have files on this machine. */
    List<String> ids();

    /** The model at the revision in use, if it is on this machine. */
    Optional<Located> newest(String id);

    /** The model at a revision, if it is on this machine. */
    Optional<Located> at(String id, String revision);

    /** Whether the model at a revision is on this machine, or may be downloaded. */
    boolean canProvide(String id, String revision);

    /**
     * The folder of a model at a revision, which is downloaded if it is not on this machine.
     *
     * @throws ModelSourceException if that fails
     */
    Path provide(String id, String revision, Listener listener) throws ModelSourceException;

    /**
     * Observes the download of a model. Its methods return whether the model is still wanted; if not, the download ends
     * and downloaded data is kept.
     */
    interface Listener {

        /**
         * @param license license in the model's card; null if it names none
         */
        default void found(@Nullable String license) {}

        boolean arrived(long bytesDone, long bytesTotal);

        /** Called each second while nothing arrives: the source is busy, or another process downloads the same. */
        boolean waits();
    }
}

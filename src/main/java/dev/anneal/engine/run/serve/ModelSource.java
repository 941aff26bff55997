package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.train.Checkpoint;
import dev.anneal.protocol.ServeRequest.ServedModel;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Path;

/** Where models come from. What is wrong with their files is thrown as the caller will report it. */
public interface ModelSource {

    /**
     * A base model in memory, which the caller closes.
     *
     * @param weights folder of the weights: the model's own, or the checkpoint of a training of all weights
     */
    DecoderModel load(Task.BaseModel base, Path weights) throws IOException;

    /** What a training made of the model, once it is known that it was this very model. */
    Checkpoint checkpoint(ServedModel model, Path folder) throws IOException;
}

package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** Task of an engine process. Written by the worker as {@code task.json} and read by the process at its start. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "task")
public sealed interface Task permits ModelTask, ServeTask {

    /** Device and threads that the process may use. */
    Machine machine();

    /**
     * A base model on this host.
     *
     * @param id name of the model for clients, for example {@code anneal-tiny}
     * @param revision commit on the Hub; null for a model without one
     * @param directory absolute path of a Hugging Face directory
     */
    record BaseModel(String id, @Nullable String revision, String directory) {}

    /**
     * Computing resources of a process.
     *
     * @param device {@code cpu} or {@code cuda:N}
     * @param threads compute threads; each runs its own operators, and only decoding in bf16 shares operators among
     *     threads; 0 takes the number of cores
     * @param precision arithmetic of the frozen weights: {@code auto}, {@code bf16} or {@code fp32}
     */
    record Machine(String device, int threads, String precision) {

        /** One for a CUDA device; on a CPU {@code threads}, or one for each core if that is 0. */
        public int computeThreads() {
            if (!device.equals("cpu")) {
                return 1;
            }
            return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        }
    }
}

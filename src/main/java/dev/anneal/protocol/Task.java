package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** What one engine process is to do. Written by the worker as {@code task.json}, read once by the process at its start. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "task")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainTask.class, name = "train"),
    @JsonSubTypes.Type(value = ExportTask.class, name = "export"),
    @JsonSubTypes.Type(value = EvaluateTask.class, name = "evaluate"),
    @JsonSubTypes.Type(value = MeasureTask.class, name = "measure"),
    @JsonSubTypes.Type(value = ServeTask.class, name = "serve")
})
public sealed interface Task permits ModelTask, MeasureTask, ServeTask {

    /** Device and threads that the process may use. */
    Machine machine();

    /**
     * A base model on this host.
     *
     * @param id name that clients use, for example {@code anneal-tiny}
     * @param revision commit of the Hub that it is; null for one that has none
     * @param directory absolute path of a Hugging Face directory
     */
    record BaseModel(String id, @Nullable String revision, String directory) {}

    /**
     * What a process may use of its host.
     *
     * @param device {@code cpu} or {@code cuda:N}
     * @param threads compute threads, each with operators of its own, which only decoding in bf16 shares; 0 takes the number of cores
     * @param precision arithmetic of the frozen weights: {@code auto}, {@code bf16} or {@code fp32}
     */
    record Machine(String device, int threads, String precision) {

        /** Compute threads of the process. */
        public int computeThreads() {
            return computeThreads(device, threads);
        }

        /** One thread drives a CUDA device; on a CPU there are as many as are asked for, or one for each core. */
        public static int computeThreads(String device, int threads) {
            if (!device.equals("cpu")) {
                return 1;
            }
            return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        }
    }
}

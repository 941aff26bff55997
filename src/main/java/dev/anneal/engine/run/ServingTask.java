package dev.anneal.engine.run;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.run.serve.Server;
import dev.anneal.engine.run.task.HostPaths;
import dev.anneal.engine.run.task.StoppedException;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Answers requests, with regular signs of life, until it is told to stop or the device has failed. */
final class ServingTask implements Server.Host {

    private static final Logger LOG = System.getLogger(ServingTask.class.getName());

    /** Interval at which the stop signal is checked. */
    private static final long POLL_MILLIS = 100;

    /** A fault of the device, whose CUDA context is lost: nothing can be computed in this process any more. */
    private static final String DEVICE_FAILED = "device_failed";

    private final ServeTask task;
    private final Channel channel;

    /** The failure after which nothing can be computed in this process any more. */
    private volatile @Nullable TaskException lost;

    ServingTask(ServeTask task, Channel channel) {
        this.task = task;
        this.channel = channel;
    }

    void run() {
        Pulse pulse = channel.pulse();
        try (Server server = new Server(this, task.limits(), task.machine().computeThreads())) {
            while (lost == null) {
                pulse.run();
                @Nullable String line = channel.lines().poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (line != null) {
                    server.take(JsonMapper.shared().readValue(line, ServeRequest.class));
                }
            }
            throw Objects.requireNonNull(lost);
        } catch (StoppedException e) {
            LOG.log(Level.DEBUG, "Told to stop", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (JacksonException e) {
            throw TaskException.failure("invalid_task", "a line is not a request: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public void reply(long request, ServeReply reply) {
        channel.progress().write(new Progress.Replied(request, reply));
        if (reply instanceof ServeReply.Refused refused && refused.code().equals(DEVICE_FAILED)) {
            lost = TaskException.failure(refused.code(), refused.message());
        }
    }

    @Override
    public ServeReply.Refused refusal(ServeRequest.Generate request, Throwable thrown) {
        LOG.log(Level.WARNING, "Request " + request.id() + " for " + request.model() + " is not answered", thrown);
        TaskException failure = FailureReport.classified(thrown);
        String message = HostPaths.of(request).takenFrom(failure.message());
        return new ServeReply.Refused(failure.code(), message);
    }

    @Override
    public DecoderModel load(Task.BaseModel base, Path weights) throws IOException {
        return new BaseModelFiles(base, task.machine()).load(weights);
    }

    @Override
    public String fingerprint(ServedModel model) throws IOException {
        return LoadedModel.fingerprint(new BaseModelFiles(model.base(), task.machine()), model.checkpointDirectory());
    }

    @Override
    public CheckpointFolder checkpoint(ServedModel model, Path folder) throws IOException {
        CheckpointFolder trained = CheckpointFolder.open(folder);
        new BaseModelFiles(model.base(), task.machine()).requireTrainedOn(trained.state());
        return trained;
    }
}

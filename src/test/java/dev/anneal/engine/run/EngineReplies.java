package dev.anneal.engine.run;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServeReply;
import java.util.List;
import java.util.stream.Collectors;

/** Replies of a serving engine process to a request. */
final class EngineReplies {

    private EngineReplies() {}

    static String answer(EngineChild engine, long request) throws InterruptedException {
        ended(engine, request);
        return replies(engine, request).stream()
                .filter(ServeReply.Text.class::isInstance)
                .map(reply -> ((ServeReply.Text) reply).text())
                .collect(Collectors.joining());
    }

    static ServeReply.Ended ended(EngineChild engine, long request) throws InterruptedException {
        return (ServeReply.Ended) last(engine, request);
    }

    static ServeReply.Refused refusal(EngineChild engine, long request) throws InterruptedException {
        return (ServeReply.Refused) last(engine, request);
    }

    static ServeReply last(EngineChild engine, long request) throws InterruptedException {
        return engine.await(
                        Progress.Replied.class,
                        said -> said.request() == request
                                && (said.reply() instanceof ServeReply.Ended
                                        || said.reply() instanceof ServeReply.Refused))
                .reply();
    }

    static List<ServeReply> replies(EngineChild engine, long request) {
        return engine.all(Progress.Replied.class).stream()
                .filter(said -> said.request() == request)
                .map(Progress.Replied::reply)
                .toList();
    }
}

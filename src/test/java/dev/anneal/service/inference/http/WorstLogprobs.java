package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.GenerationRequest;
import dev.anneal.service.inference.PlayedGeneration;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Program that writes four answers with as many log-probabilities as a request may have, all at the same time. */
final class WorstLogprobs {

    private static final int REQUESTS = 4;
    private static final int ALTERNATIVES = 20;
    private static final int TOKENS = (1 << 18) / (1 + ALTERNATIVES);

    private WorstLogprobs() {}

    public static void main(String[] arguments) throws Exception {
        CountDownLatch held = new CountDownLatch(REQUESTS);
        ExecutorService threads = Executors.newFixedThreadPool(REQUESTS);
        List<Future<Long>> sent = IntStream.range(0, REQUESTS)
                .mapToObj(n -> threads.submit(() -> write(held)))
                .toList();
        for (Future<Long> bytes : sent) {
            System.out.println("sent " + bytes.get());
        }
        threads.shutdown();
    }

    private static long write(CountDownLatch held) throws Exception {
        ServeRequest.Decoding decoding =
                new ServeRequest.Decoding(1, TOKENS, 1, 0, 1, 0, 0, List.of(), List.of(), ALTERNATIVES);
        GenerationRequest request = new GenerationRequest("m", new ServeRequest.Input.Text("p"), decoding);
        AnswerRequest asked = new AnswerRequest(List.of(request), new StreamKeys(false, false), new ChatFormat(true));
        try (Generation generation = PlayedGeneration.of(replies())) {
            AnswerBody whole = new AnswerEnvelope("id", Instant.EPOCH, asked, List.of(generation)).whole();
            held.countDown();
            held.await();
            Counted counted = new Counted();
            whole.write(counted, JsonMapper.shared());
            return counted.bytes;
        }
    }

    /** Each text is one of its own, as if it were parsed. */
    private static List<ServeReply> replies() {
        List<ServeReply> replies = new ArrayList<>();
        for (int token = 0; token < TOKENS; token++) {
            List<ServeReply.Likely> top = IntStream.range(0, ALTERNATIVES)
                    .mapToObj(n -> new ServeReply.Likely(text(n), -1.234567890123 * (n + 1)))
                    .toList();
            String text = text(token);
            replies.add(new ServeReply.Text(0, text, List.of(new ServeReply.Token(text, -0.1234567890123, top))));
        }
        replies.add(new ServeReply.Ended(0, "length", new ServeReply.TokenCounts(0, TOKENS, 0, 0)));
        return replies;
    }

    private static String text(int token) {
        return " token" + token;
    }

    /** Counts what is written to it. */
    private static final class Counted extends OutputStream {

        private long bytes;

        @Override
        public void write(int value) {
            bytes++;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            bytes += length;
        }
    }
}

package dev.anneal.engine.network.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects an answer up to an end token, which is not part of it. */
public final class WholeAnswer implements TokenSink {

    private final Set<Integer> ends;
    private final List<Integer> tokens = new ArrayList<>();
    private @Nullable Integer end;
    private int steps = -1;
    private int draftTokens;

    public WholeAnswer(Set<Integer> ends) {
        this.ends = ends;
    }

    public Answer answer() {
        return new Answer(tokens.stream().mapToInt(Integer::intValue).toArray(), end, Math.max(0, steps), draftTokens);
    }

    @Override
    public boolean take(ChosenToken token) {
        if (ends.contains(token.id())) {
            end = token.id();
            return false;
        }
        tokens.add(token.id());
        return true;
    }

    @Override
    public void stepped(int drafted) {
        steps++;
        draftTokens += drafted;
    }

    @Override
    public void failed(Throwable cause) {
        throw new IllegalStateException("a token could not be kept", cause);
    }
}

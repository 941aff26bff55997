package dev.anneal.engine.train.passes;

import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Ranks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Work on the micro-batches of a step, portion by portion: in each round every rank computes one of them at most, and
 * shares its result.
 *
 * @param <T> result of a portion, which is written as JSON
 */
public interface PortionWork<T> {

    /**
     * Computes a portion.
     *
     * @param first number of its first micro-batch within the step
     */
    T compute(int first, List<MicroBatch> portion);

    /**
     * Runs work on all ranks.
     *
     * @param batches of the step, in the order of their portions
     * @param trains whether it adds gradients, which are then combined
     * @param type array of results
     * @return results of all portions with micro-batches, in order; empty if one of the ranks is to stop
     */
    static <T> Optional<List<T>> run(
            List<MicroBatch> batches,
            GradientSum<?> gradients,
            StopSignal signal,
            boolean trains,
            Class<T[]> type,
            PortionWork<T> work) {
        Ranks ranks = gradients.ranks();
        int portions = batches.stream().mapToInt(MicroBatch::portion).max().orElse(-1) + 1;
        List<T> results = new ArrayList<>();
        for (int round = 0; round < portions; round += ranks.size()) {
            int count = Math.min(ranks.size(), portions - round);
            int own = round + ranks.rank();
            Optional<List<T>> computed =
                    signal.attempt(betweenParts -> own < portions ? of(batches, own, work) : List.of());
            Optional<List<List<T>>> shared = ranks.share(computed, type);
            if (shared.isEmpty()) {
                return Optional.empty();
            }
            shared.get().forEach(results::addAll);
            if (trains) {
                gradients.combine(round, count);
            }
        }
        return Optional.of(results);
    }

    private static <T> List<T> of(List<MicroBatch> batches, int number, PortionWork<T> work) {
        int first =
                (int) batches.stream().filter(batch -> batch.portion() < number).count();
        int end = (int)
                batches.stream().filter(batch -> batch.portion() <= number).count();
        return List.of(work.compute(first, batches.subList(first, end)));
    }
}

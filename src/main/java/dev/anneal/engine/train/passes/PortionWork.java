package dev.anneal.engine.train.passes;

import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Ranks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

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
        SortedSet<Integer> portions =
                batches.stream().map(MicroBatch::portion).collect(Collectors.toCollection(TreeSet::new));
        List<T> results = new ArrayList<>();
        while (!portions.isEmpty()) {
            int end = (portions.first() / ranks.size() + 1) * ranks.size();
            SortedSet<Integer> round = portions.headSet(end);
            Optional<List<T>> computed = signal.attempt(betweenParts -> round.stream()
                    .filter(portion -> ranks.owner(portion) == ranks.rank())
                    .map(portion -> of(batches, portion, work))
                    .toList());
            Optional<List<List<T>>> shared = ranks.share(computed, type);
            if (shared.isEmpty()) {
                return Optional.empty();
            }
            shared.get().forEach(results::addAll);
            if (trains) {
                gradients.combine(round, results.size() == round.size());
            }
            portions = portions.tailSet(end);
        }
        return Optional.of(results);
    }

    private static <T> T of(List<MicroBatch> batches, int number, PortionWork<T> work) {
        int first =
                (int) batches.stream().filter(batch -> batch.portion() < number).count();
        int end = (int)
                batches.stream().filter(batch -> batch.portion() <= number).count();
        return work.compute(first, batches.subList(first, end));
    }
}

package dev.anneal.engine.network.objective;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a draft reads of its target.
 *
 * @param last states after the last layer, before the final norm, [N, H]
 * @param streams the residual streams that were asked for, in that order, [N, H] each: stream k enters layer k, and
 *     that after the last layer is {@code last} itself
 */
public record HiddenStates(Tensor last, List<Tensor> streams) {

    public HiddenStates {
        streams = List.copyOf(streams);
    }

    public static HiddenStates of(List<Integer> wanted, Map<Integer, Tensor> streams, int layers) {
        return new HiddenStates(
                Objects.requireNonNull(streams.get(layers)),
                wanted.stream()
                        .map(stream -> Objects.requireNonNull(streams.get(stream)))
                        .toList());
    }
}

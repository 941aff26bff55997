package dev.anneal.engine.run;

import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.protocol.TrainTask;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/**
 * One rank of a group that adds gradients of several sizes, for {@code bench/ranks.py}. Arguments: rank; number of
 * ranks; store in which they meet; MiB of each size. Prints the median milliseconds of a sum by MiB as JSON.
 */
final class CollectiveBenchmark {

    private static final int TIMES = 11;

    private CollectiveBenchmark() {}

    public static void main(String[] arguments) {
        TrainTask.Group group = new TrainTask.Group(
                "bench", arguments[2], "127.0.0.1", Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        Map<String, Double> milliseconds = new LinkedHashMap<>();
        try (LoadedGroup ranks = LoadedGroup.of(group);
                TensorScope scope = TensorScope.open("cpu")) {
            for (String mebibytes : Arrays.asList(arguments).subList(3, arguments.length)) {
                long elements = Math.max(1, Math.round(Double.parseDouble(mebibytes) * (1 << 20) / Float.BYTES));
                Tensor gradient = scope.zeros(ElementType.FLOAT32, elements);
                double[] each = new double[TIMES];
                for (int time = 0; time < TIMES; time++) {
                    long begin = System.nanoTime();
                    Objects.requireNonNull(ranks.group()).sum(List.of(gradient));
                    each[time] = (System.nanoTime() - begin) / 1e6;
                }
                Arrays.sort(each);
                milliseconds.put(mebibytes, each[TIMES / 2]);
                gradient.close();
            }
        }
        System.out.println(JsonMapper.shared().writeValueAsString(milliseconds));
    }
}

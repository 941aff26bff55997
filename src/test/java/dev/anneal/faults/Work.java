package dev.anneal.faults;

/** Kinds of trainings that are disturbed. The trained adapters of one kind are the same bits in every job. */
enum Work {
    SHORT("{'batch_size': 4}", "'max_steps': 24, 'checkpoint_interval': 4"),
    LONG("{'batch_size': 4}", "'max_steps': 90, 'checkpoint_interval': 5"),
    /** An ordinary LoRA of another rank. */
    PLAIN("{'batch_size': 4}", "'max_steps': 48, 'checkpoint_interval': 6, 'adapter': 'lora'"),
    /** On two devices. */
    GROUP("{'batch_size': 4}", "'max_steps': 60, 'checkpoint_interval': 5, 'devices': 2"),
    /** On the devices of two workers. */
    WORKERS("{'batch_size': 4}", "'max_steps': 60, 'checkpoint_interval': 5, 'devices': 4");

    private final String hyperparameters;
    private final String anneal;

    Work(String hyperparameters, String anneal) {
        this.hyperparameters = hyperparameters;
        this.anneal = anneal;
    }

    /** Body of the request for a job. */
    String request(String file) {
        return """
                {'model': 'anneal-tiny', 'training_file': '%s', 'seed': 11, 'metadata': {'work': '%s'},
                 'method': {'type': 'supervised', 'supervised': {'hyperparameters': %s}},
                 'anneal': {%s}}
                """.formatted(file, name(), hyperparameters, anneal).replace('\'', '"');
    }
}

package dev.anneal.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** The request that options of a job make. */
class JobOptionsTest {

    @TempDir
    private Path folder;

    @Test
    void optionsAreKeysOfTheRequest() throws IOException {
        assertRequest(
                """
                {"model": "anneal-tiny", "training_file": "file-1", "validation_file": "file-2", "suffix": "tickets", "seed": 3,
                 "method": {"supervised": {"hyperparameters": {"n_epochs": 2, "batch_size": 4}}, "type": "supervised"},
                 "anneal": {"max_steps": 9, "learning_rate": 0.002, "adapter": "afa", "devices": 2},
                 "afa_lora": {"rank": 8, "alpha": 16.0, "activation": "relu", "sign_groups": 4}}
                """,
                "--model=anneal-tiny --train file-1 --valid file-2 --suffix tickets --seed 3 --epochs 2 --batch-size 4 --steps 9 --learning-rate 2e-3 --adapter afa --devices 2 --rank 8 --alpha 16 --activation relu --sign-groups 4");
    }

    @Test
    void whatIsNotGivenIsLeftToTheService() throws IOException {
        assertRequest(
                "{\"model\": \"anneal-tiny\", \"training_file\": \"file-1\"}", "--model anneal-tiny --train file-1");
    }

    @Test
    void hyperparametersAreThoseOfTheMethod() throws IOException {
        assertRequest(
                "{\"method\": {\"type\": \"dpo\", \"dpo\": {\"hyperparameters\": {\"batch_size\": 4, \"beta\": 0.1}}}}",
                "--method dpo --batch-size 4 --set method.dpo.hyperparameters.beta=0.1");
    }

    @Test
    void everyOtherKeyIsSetByItsPath() throws IOException {
        Path grader = Files.writeString(folder.resolve("grader.json"), "{\"type\": \"string_check\"}");
        assertRequest(
                """
                {"anneal": {"priority": 0, "lr_schedule": "cosine"}, "metadata": {"team": "a"},
                 "method": {"type": "reinforcement", "reinforcement": {"grader": {"type": "string_check"}}}}
                """,
                "--method reinforcement --set anneal.priority=0 --set anneal.lr_schedule=cosine --set metadata.team=a --set method.reinforcement.grader=@"
                        + grader);
    }

    @Test
    void optionsAreAddedToARequestOfAFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("job.json"), "{\"model\": \"a\", \"afa_lora\": {\"rank\": 4, \"alpha\": 8}}");
        assertRequest(
                "{\"model\": \"b\", \"afa_lora\": {\"rank\": 16, \"alpha\": 8}}",
                "--request %s --model b --rank 16".formatted(file));
    }

    @Test
    void theMethodIsTheFilesIfNoneIsGiven() throws IOException {
        Path file = Files.writeString(folder.resolve("job.json"), "{\"method\": {\"type\": \"dpo\", \"dpo\": {}}}");
        assertRequest(
                "{\"method\": {\"type\": \"dpo\", \"dpo\": {\"hyperparameters\": {\"n_epochs\": 2}}}}",
                "--request %s --epochs 2".formatted(file));
    }

    @Test
    void aFileThatIsNoObjectIsToldByItsName() throws IOException {
        Path file = Files.writeString(folder.resolve("job.json"), "[1, 2]");
        assertThatThrownBy(() -> request("--request " + file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("job.json must hold a JSON object");
    }

    @Test
    void aFileThatIsNotJsonIsToldWithThePlace() throws IOException {
        Path file = Files.writeString(folder.resolve("grader.json"), "{\"type\": \n string_check}");
        assertThatThrownBy(() -> request("--set method.reinforcement.grader=@" + file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("grader.json is not JSON: line 2, column");
    }

    private static void assertRequest(String expected, String line) throws IOException {
        assertThat(JsonMapper.shared().readTree(request(line)))
                .isEqualTo(JsonMapper.shared().readTree(expected));
    }

    private static String request(String line) throws IOException {
        JobOptions options = CommandLine.populateCommand(new JobOptions(), line.split(" "));
        return options.request().toString();
    }
}

package dev.anneal;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import jakarta.persistence.Entity;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.data.repository.Repository;
import org.springframework.modulith.core.ApplicationModules;

/**
 * Districts depend on one another as their {@code package-info.java} files say, and use of one another only rooms that
 * are named interfaces. Rooms are the packages of a district.
 */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.anneal");

    private static final DescribedPredicate<JavaClass> PACKAGE_INFO = simpleName("package-info");

    private static final DescribedPredicate<JavaClass> TOUCHES_TENSORS = DescribedPredicate.describe(
            "touch tensors",
            type -> type.getDirectDependenciesFromSelf().stream()
                    .map(Dependency::getTargetClass)
                    .anyMatch(resideInAPackage("dev.anneal.engine.network.torch..")));

    /** A district's own package counts as one of its rooms. */
    private static final SliceAssignment ROOMS = new SliceAssignment() {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String[] names = type.getPackageName().split("\\.");
            return names.length < 4 || PACKAGE_INFO.test(type)
                    ? SliceIdentifier.ignore()
                    : SliceIdentifier.of(names[2], names[3], names.length > 4 ? names[4] : "");
        }

        @Override
        public String getDescription() {
            return "rooms";
        }
    };

    @Test
    void engineDistrictsKeepTheirWalls() {
        ApplicationModules.of("dev.anneal.engine").verify();
    }

    @Test
    void serviceDistrictsKeepTheirWalls() {
        ApplicationModules.of("dev.anneal.service").verify();
    }

    @Test
    void roomsDoNotDependOnOneAnotherInCircles() {
        check(slices().assignedFrom(ROOMS).should().beFreeOfCycles());
    }

    @Test
    void commandUsesTheApiAlone() {
        check(noClasses()
                .that()
                .resideInAPackage("dev.anneal.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.anneal.service..", "dev.anneal.engine..", "dev.anneal.protocol..", "org.springframework..")
                .because("it is a client like any other, and starts in under a second without Spring"));
    }

    @Test
    void entitiesStayInTheirRoom() {
        check(classes()
                .that()
                .areAnnotatedWith(Entity.class)
                .should()
                .bePackagePrivate()
                .because("what leaves a room is a record that no session stands behind"));
    }

    /** A session keeps the entities that it has seen as they were, also when SQL has changed their rows since. */
    @Test
    void queriesOfRepositoriesMakeRecords() {
        check(methods()
                .that()
                .areDeclaredInClassesThat()
                .areAssignableTo(Repository.class)
                .and()
                .doNotHaveName("saveAndFlush")
                .should(mentionNoEntity()));
    }

    /** Who uses repositories, or a class of the same room that does, needs JPA before the transaction begins. */
    @Test
    void transactionsOfRepositoriesAreOpenedByTheEntityDatabase() {
        check(noClasses()
                .that(useRepositoriesOfTheirRoom())
                .should()
                .dependOnClassesThat()
                .areAssignableTo(TenantDatabase.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(SystemDatabase.class));
    }

    private static DescribedPredicate<JavaClass> useRepositoriesOfTheirRoom() {
        return DescribedPredicate.describe(
                "use repositories of their room",
                type -> roommates(type)
                        .anyMatch(used ->
                                isRepository(used) || roommates(used).anyMatch(ArchitectureTest::isRepository)));
    }

    private static Stream<JavaClass> roommates(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .filter(used -> used.getPackageName().equals(type.getPackageName()));
    }

    private static boolean isRepository(JavaClass type) {
        return type.isInterface() && type.isAssignableTo(Repository.class);
    }

    private static ArchCondition<JavaMethod> mentionNoEntity() {
        return new ArchCondition<>("return no entities") {

            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                method.getReturnType().getAllInvolvedRawTypes().stream()
                        .filter(type -> type.isAnnotatedWith(Entity.class))
                        .forEach(type -> events.add(SimpleConditionEvent.violated(
                                method, method.getFullName() + " returns " + type.getSimpleName())));
            }
        };
    }

    @Test
    void engineKnowsNeitherSpringNorTheService() {
        check(
                noClasses()
                        .that(resideInAPackage("dev.anneal.engine..").and(DescribedPredicate.not(PACKAGE_INFO)))
                        .should()
                        .dependOnClassesThat(resideInAnyPackage(
                                "org.springframework..",
                                "jakarta..",
                                "io.micrometer..",
                                "java.sql..",
                                "dev.anneal.service.."))
                        .because(
                                "the engine runs as a process of its own; what it needs to know crosses in dev.anneal.protocol"));
    }

    @Test
    void protocolKnowsNeitherSide() {
        check(noClasses()
                .that(resideInAPackage("dev.anneal.protocol.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.anneal.engine..", "dev.anneal.service.."))
                .because("both sides are built against it"));
    }

    @Test
    void serviceUsesNoTensors() {
        check(noClasses()
                .that(resideInAPackage("dev.anneal.service.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "dev.anneal.engine.network.draft..",
                                "dev.anneal.engine.network.model..",
                                "dev.anneal.engine.network.nf4..",
                                "dev.anneal.engine.network.torch..",
                                "dev.anneal.engine.train..",
                                "dev.anneal.engine.network.generate..",
                                "dev.anneal.engine.export..",
                                "dev.anneal.engine.run..")
                        .or(TOUCHES_TENSORS))
                .because("a native crash must never take the service; it starts an engine process instead"));
    }

    @Test
    void onlyTorchKnowsDjl() {
        check(noClasses()
                .that(resideInAPackage("dev.anneal..")
                        .and(DescribedPredicate.not(resideInAnyPackage("dev.anneal.engine.network.torch.."))))
                .should()
                .dependOnClassesThat(resideInAPackage("ai.djl..")
                        .and(DescribedPredicate.not(resideInAPackage("ai.djl.huggingface.."))))
                .because("DJL must be replaceable by rewriting one module"));
    }

    @Test
    void onlyTokensKnowsTheTokenizerLibrary() {
        check(noClasses()
                .that(resideInAPackage("dev.anneal..")
                        .and(DescribedPredicate.not(resideInAPackage("dev.anneal.engine.text.tokens.."))))
                .should()
                .dependOnClassesThat(resideInAPackage("ai.djl.huggingface.."))
                .because("token ids come from engine.tokens alone"));
    }

    @Test
    void onlyCatalogAndChecksOpenTokenizers() {
        check(noClasses()
                .that(resideInAPackage("dev.anneal.service..")
                        .and(DescribedPredicate.not(resideInAnyPackage(
                                "dev.anneal.service.models.catalog..", "dev.anneal.service.files.check.."))))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.anneal.engine.text.tokens.."))
                .because("a tokenizer is native memory and seconds of work; counts come from service.filecheck"));
    }

    @Test
    void onlyLeasesWriteTheQueueBesidesTheQueue() {
        check(noClasses()
                .that(resideInAPackage("dev.anneal.service..")
                        .and(DescribedPredicate.not(
                                resideInAnyPackage("dev.anneal.service.queue..", "dev.anneal.service.queue.lease.."))))
                .should()
                .dependOnClassesThat(simpleName("ErrorColumn"))
                .because("work changes through WorkQueue for requests and through Leases for workers"));
    }

    @Test
    void timeComesFromAClock() {
        check(noClasses()
                .that(resideInAPackage("dev.anneal.service.."))
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .because("tests must be able to set the time: inject java.time.Clock"));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }
}

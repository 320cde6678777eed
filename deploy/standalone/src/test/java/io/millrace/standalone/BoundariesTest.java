package io.millrace.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What may know what; docs/adr/0001 says why. */
@AnalyzeClasses(packages = "io.millrace", importOptions = ImportOption.DoNotIncludeTests.class)
class BoundariesTest {

  private static final DescribedPredicate<JavaClass> KAFKA =
      resideInAnyPackage("org.apache.kafka..", "kafka..");

  /** Where Kafka's murmur2 is. */
  private static final DescribedPredicate<JavaClass> MURMUR2 =
      DescribedPredicate.describe(
          "Kafka's Utils", c -> c.getName().equals("org.apache.kafka.common.utils.Utils"));

  @ArchTest
  static final ArchRule noCycles = slices().matching("io.millrace.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule otlpKnowsNothingOfKafkaButItsHash =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.otlp..")
          .should()
          .dependOnClassesThat(KAFKA.and(DescribedPredicate.not(MURMUR2)));

  @ArchTest
  static final ArchRule deliveryKnowsNoDestinationAndNoRole =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.delivery..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.destination..", "io.millrace.processor..");

  @ArchTest
  static final ArchRule conditionsKnowOnlyTheWire = mayKnowOfMillrace("condition", "otlp");

  @ArchTest
  static final ArchRule processingKnowsNoDestination =
      mayKnowOfMillrace("processing", "daemon", "otlp", "condition", "delivery");

  @ArchTest static final ArchRule daemonStandsAlone = mayKnowOfMillrace("daemon");

  @ArchTest
  static final ArchRule terminalKnowsNothingOfKafka = mayKnowOfMillrace("terminal", "daemon");

  @ArchTest static final ArchRule brokerStandsAlone = mayKnowOfMillrace("broker");

  @ArchTest
  static final ArchRule shopKnowsNothingOfWhatItSendsTo = mayKnowOfMillrace("shop", "daemon");

  @ArchTest
  static final ArchRule gatewayKnowsOnlyTheContract =
      mayKnowOfMillrace("gateway", "daemon", "topics", "otlp", "ledger");

  @ArchTest static final ArchRule tracesKnowsOnlyTheLoopAndTheContract = processor("traces");

  @ArchTest static final ArchRule metricsKnowsOnlyTheLoopAndTheContract = processor("metrics");

  @ArchTest static final ArchRule logsKnowsOnlyTheLoopAndTheContract = processor("logs");

  private static ArchRule processor(String role) {
    return mayKnowOfMillrace(
        role,
        "daemon",
        "terminal",
        "topics",
        "otlp",
        "condition",
        "delivery",
        "destination",
        "processing",
        "processor");
  }

  /** Of the packages of Millrace, a package may know itself and those named. */
  private static ArchRule mayKnowOfMillrace(String of, String... known) {
    String[] allowed = new String[known.length + 1];
    allowed[0] = "io.millrace." + of + "..";
    for (int i = 0; i < known.length; i++) {
      allowed[i + 1] = "io.millrace." + known[i] + "..";
    }
    return classes()
        .that()
        .resideInAPackage(allowed[0])
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed)
                .or(DescribedPredicate.not(resideInAnyPackage("io.millrace.."))));
  }
}

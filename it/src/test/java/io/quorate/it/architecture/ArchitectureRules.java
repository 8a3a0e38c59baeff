// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.it.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The dependency rules, for whatever tree of packages hangs below a root: the product's own, or
 * that of a fixture which breaks them. Maven's modules are the outer wall; these rules stand inside
 * it.
 */
final class ArchitectureRules {
  private static final Set<String> PURE_JDK_PACKAGES =
      Set.of(
          "java.lang",
          "java.lang.annotation",
          "java.lang.invoke",
          "java.lang.runtime",
          "java.nio",
          "java.nio.charset",
          "java.util",
          "java.util.function",
          "java.util.random",
          "java.util.stream",
          "java.util.zip",
          "org.jspecify.annotations");

  private static final Set<String> PURE_JDK_CLASSES =
      Set.of(
          "java.time.Duration",
          "java.security.MessageDigest",
          "java.security.NoSuchAlgorithmException");

  private final String root;

  ArchitectureRules(String root) {
    this.root = root;
  }

  /** A1: decisions and replicated state see no IO, no threads and no library. */
  ArchRule pureCodeUsesOnlyPureCode() {
    return classes()
        .that(described("are pure", this::isPure))
        .should(
            forEachDependency(
                "use only the pure part of the JDK, the API, checks and each other",
                this::mayPureCodeUse))
        .as("A1: pure packages use only pure packages")
        .allowEmptyShould(true);
  }

  /** A2: what replicas must compute alike depends on no clock, thread, chance or hash order. */
  ArchRule replicatedCodeIsDeterministic() {
    return classes()
        .that(described("are pure or sample state machines", this::isReplicated))
        .should(
            haveNoAccess(
                "call nothing that differs between replicas", ArchitectureRules::isAmbient))
        .as("A2: replicated code is deterministic")
        .allowEmptyShould(true);
  }

  /** A3: each library has one home. */
  List<ArchRule> librariesStayAtHome() {
    return List.of(
        library("com.google.inject..", "..guice..", root + ".node.."),
        library("jakarta.inject..", "..guice..", root + ".node.."),
        library("io.grpc..", root + ".grpc.."),
        library("com.google.protobuf..", "..codec..", root + ".grpc.."),
        library("org.rocksdb..", root + ".rocksdb.."),
        library("software.amazon.awssdk..", root + ".s3.aws.."),
        noClasses()
            .that()
            .resideInAPackage(root + ".core..")
            .and()
            .resideOutsideOfPackage(root + ".core.runtime..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.slf4j..")
            .as("A3: core logs only in its runtime")
            .allowEmptyShould(true),
        noClasses()
            .that(described("are pure", this::isPure))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.slf4j..")
            .as("A3: pure code emits trace events instead of logging")
            .allowEmptyShould(true));
  }

  /** A4, first part: packages form no cycle. */
  ArchRule packagesFormNoCycle() {
    return slices()
        .matching(root + ".(**)")
        .should()
        .beFreeOfCycles()
        .as("A4: packages form no cycle")
        .allowEmptyShould(true);
  }

  /** A4, second part: what is internal is not public. */
  ArchRule internalTypesAreNotPublic() {
    return noClasses()
        .that()
        .resideInAPackage("..internal..")
        .should()
        .bePublic()
        .as("A4: internal types are not public")
        .allowEmptyShould(true);
  }

  /** A5: threads come from the runtime and the adapters; programs and tests may have their own. */
  ArchRule onlyRuntimeAndAdaptersCreateThreads() {
    return classes()
        .that()
        .resideOutsideOfPackages(
            root + ".core.runtime..",
            root + ".grpc..",
            root + ".rocksdb..",
            root + ".s3.attempt..",
            root + ".s3.aws..",
            root + ".s3.endpoint..",
            root + ".s3.folder..",
            root + ".sim.contract..",
            root + ".bench..",
            root + ".cli..",
            root + ".samples..")
        .should(haveNoAccess("create no thread", ArchitectureRules::createsThread))
        .as("A5: only the runtime and the adapters create threads")
        .allowEmptyShould(true);
  }

  private ArchRule library(String library, String... homes) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .as("A3: " + library + " is used only in " + String.join(", ", homes))
        .allowEmptyShould(true);
  }

  private boolean isPure(JavaClass type) {
    String name = type.getPackageName();
    if (!isAtOrBelow(name, root)) {
      return false;
    }
    if (isAtOrBelow(name, root + ".core.outbox")) {
      return !type.getName().startsWith(root + ".core.outbox.OutboxRunner");
    }
    String inside = name.substring(root.length()) + ".";
    return inside.contains(".protocol.")
        || inside.contains(".message.")
        || inside.contains(".layout.")
        || isAtOrBelow(name, root + ".core.log")
        || isAtOrBelow(name, root + ".core.reads")
        || isAtOrBelow(name, root + ".core.transfer")
        || isAtOrBelow(name, root + ".core.session");
  }

  private boolean isReplicated(JavaClass type) {
    if (isPure(type)) {
      return true;
    }
    if (!isAtOrBelow(type.getPackageName(), root + ".samples")) {
      return false;
    }
    JavaClass outermost = type;
    while (outermost.getEnclosingClass().isPresent() && !isStateMachine(outermost)) {
      outermost = outermost.getEnclosingClass().get();
    }
    return isStateMachine(outermost);
  }

  private boolean isStateMachine(JavaClass type) {
    return type.getAllRawInterfaces().stream().anyMatch(this::isStateMachineOfTheApi)
        || type.getAllRawSuperclasses().stream().anyMatch(this::isStateMachineOfTheApi);
  }

  private boolean isStateMachineOfTheApi(JavaClass type) {
    return isAtOrBelow(type.getPackageName(), root + ".api")
        && type.getSimpleName().endsWith("StateMachine");
  }

  private boolean mayPureCodeUse(Dependency dependency) {
    JavaClass target = dependency.getTargetClass().getBaseComponentType();
    String name = target.getPackageName();
    if (target.isPrimitive()
        || PURE_JDK_PACKAGES.contains(name)
        || PURE_JDK_CLASSES.contains(target.getName())
        || isAtOrBelow(name, root + ".api")
        || isAtOrBelow(name, root + ".core.check")) {
      return true;
    }
    String ownModule = module(dependency.getOriginClass());
    if (name.equals(ownModule)) {
      return true; // The backend's configuration record lives there.
    }
    String targetModule = module(target);
    return isPure(target)
        && (targetModule.equals(ownModule) || targetModule.equals(root + ".core"));
  }

  /** The root and the next segment: one module. */
  private String module(JavaClass type) {
    String name = type.getPackageName();
    int dot = name.length() > root.length() ? name.indexOf('.', root.length() + 1) : -1;
    return dot < 0 ? name : name.substring(0, dot);
  }

  private static boolean isAmbient(AccessTarget target) {
    String owner = target.getOwner().getBaseComponentType().getName();
    String name = target.getName();
    int parameters =
        target instanceof CodeUnitAccessTarget unit ? unit.getRawParameterTypes().size() : 0;
    return switch (owner) {
      case "java.lang.System" ->
          Set.of("nanoTime", "currentTimeMillis", "identityHashCode", "getenv", "getProperty")
              .contains(name);
      case "java.lang.Thread", "java.lang.ThreadLocal", "java.lang.Runtime" -> true;
      case "java.util.Timer", "java.util.concurrent.ThreadLocalRandom" -> true;
      case "java.security.SecureRandom", "java.util.SplittableRandom" -> true;
      case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
      case "java.util.Random" -> name.equals("<init>") && parameters == 0;
      case "java.util.UUID" -> name.equals("randomUUID");
      case "java.lang.Object" -> name.equals("hashCode");
      // Iteration order of these follows hashes: salted, or those of identity.
      case "java.util.Set", "java.util.Map" -> Set.of("of", "ofEntries", "copyOf").contains(name);
      case "java.util.HashMap", "java.util.HashSet" -> name.equals("<init>");
      case "java.util.IdentityHashMap", "java.util.WeakHashMap" -> name.equals("<init>");
      case "java.util.stream.Collectors" ->
          Set.of("toSet", "toUnmodifiableSet", "toUnmodifiableMap").contains(name)
              || (name.equals("toMap") && parameters < 4)
              || (name.equals("groupingBy") && parameters < 3);
      default ->
          name.equals("parallelStream")
              || (owner.startsWith("java.util.stream.") && name.equals("parallel"))
              || (owner.startsWith("java.time.") && name.equals("now"))
              || (owner.equals("java.time.Clock")
                  && (name.startsWith("system") || name.startsWith("tick")));
    };
  }

  private static boolean createsThread(AccessTarget target) {
    String owner = target.getOwner().getName();
    String name = target.getName();
    int parameters =
        target instanceof CodeUnitAccessTarget unit ? unit.getRawParameterTypes().size() : 0;
    return switch (owner) {
      case "java.lang.Thread" ->
          Set.of("<init>", "ofVirtual", "ofPlatform", "startVirtualThread").contains(name);
      case "java.util.concurrent.Executors" -> name.startsWith("new");
      case "java.util.Timer",
          "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.ScheduledThreadPoolExecutor" ->
          name.equals("<init>");
      case "java.util.concurrent.ForkJoinPool" ->
          name.equals("<init>") || name.equals("commonPool");
      // Without an executor these run in the common pool; delays run in a thread of their own.
      case "java.util.concurrent.CompletableFuture" ->
          Set.of("delayedExecutor", "orTimeout", "completeOnTimeout").contains(name)
              || (name.endsWith("Async") && parameters < asyncParametersWithExecutor(name));
      default ->
          name.equals("parallelStream")
              || (owner.startsWith("java.util.stream.") && name.equals("parallel"));
    };
  }

  private static int asyncParametersWithExecutor(String method) {
    return switch (method) {
      case "thenCombineAsync",
          "thenAcceptBothAsync",
          "runAfterBothAsync",
          "applyToEitherAsync",
          "acceptEitherAsync",
          "runAfterEitherAsync" ->
          3;
      default -> 2;
    };
  }

  private static boolean isAtOrBelow(String packageName, String parent) {
    return packageName.equals(parent) || packageName.startsWith(parent + ".");
  }

  private static DescribedPredicate<JavaClass> described(
      String description, Predicate<JavaClass> predicate) {
    return DescribedPredicate.describe(description, predicate);
  }

  private static ArchCondition<JavaClass> forEachDependency(
      String description, Predicate<Dependency> allowed) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          if (!allowed.test(dependency)) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> haveNoAccess(
      String description, Predicate<AccessTarget> forbidden) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          if (forbidden.test(access.getTarget())) {
            events.add(SimpleConditionEvent.violated(access, access.getDescription()));
          }
        }
      }
    };
  }
}

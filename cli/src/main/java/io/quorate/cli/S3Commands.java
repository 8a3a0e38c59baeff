// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.s3.aws.AwsObjectStore;
import io.quorate.s3.aws.BucketAccess;
import io.quorate.s3.endpoint.Faults;
import io.quorate.s3.endpoint.Latency;
import io.quorate.s3.endpoint.S3Endpoint;
import io.quorate.s3.probe.ProbeOptions;
import io.quorate.s3.probe.ProbeReport;
import io.quorate.s3.probe.StoreProbe;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate s3}: a server to try the S3 backend on, and the probe of one to rely upon. */
@Command(
    name = "s3",
    mixinStandardHelpOptions = true,
    description = "Serves S3 for development, finds out whether a bucket can be relied upon.",
    subcommands = {S3Commands.Serve.class, S3Commands.Probe.class})
final class S3Commands implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code quorate s3 serve}. */
  @Command(
      name = "serve",
      mixinStandardHelpOptions = true,
      description = "Runs a small S3 server on the loopback interface until SIGTERM or SIGINT.",
      footer = {
        "",
        "Every bucket that is asked for is there, and any credentials do. Conditional writes are",
        "atomic. For development and tests, not for data that matters.",
        "Faults are shares of requests: --faults errors=0.01,lost=0.01,late=0.01,throttled=0.05,",
        "conflicts=0.01,slow-lists=0.1,seed=7"
      })
  static final class Serve implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--port",
        paramLabel = "<port>",
        defaultValue = "9000",
        description = "Port to listen at; 0: any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
        names = "--folder",
        paramLabel = "<dir>",
        description = "Folder that keeps the objects; without it they are in memory.")
    private @Nullable Path folder;

    @Option(
        names = "--latency",
        paramLabel = "<profile>",
        defaultValue = "NONE",
        description =
            "How long requests take: none, or as published for S3 standard or express"
                + " (default: none).")
    private Latency latency;

    @Option(
        names = "--faults",
        paramLabel = "<name=share,...>",
        defaultValue = "",
        description = "What goes wrong, and how often.")
    private String faults;

    @Override
    public Integer call() throws InterruptedException {
      if (port < 0 || port > 65_535) {
        throw CommandFailure.wrongUse("--port must be between 0 and 65535, was " + port);
      }
      S3Endpoint endpoint = start();
      CountDownLatch ended = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    endpoint.close();
                    ended.countDown();
                  },
                  "s3-stop"));
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "ready: S3 at %s, objects %s, latency %s; any credentials do%n",
          endpoint.uri(),
          folder == null ? "in memory" : "in " + folder,
          latency.name().toLowerCase(Locale.ROOT));
      out.flush();
      ended.await();
      return 0;
    }

    private S3Endpoint start() {
      Faults parsed;
      try {
        parsed = Faults.parse(faults);
      } catch (IllegalArgumentException e) {
        throw CommandFailure.wrongUse("--faults: " + e.getMessage());
      }
      try {
        return S3Endpoint.start(
            new S3Endpoint.Options(port, folder, new TreeSet<>(), latency, parsed));
      } catch (IOException e) {
        throw CommandFailure.wrongUse(String.valueOf(e.getMessage()));
      }
    }
  }

  /** {@code quorate s3 probe}. */
  @Command(
      name = "probe",
      mixinStandardHelpOptions = true,
      description = "Finds out whether a bucket keeps what consensus rests on.",
      footer = {
        "",
        "Asks for each promise and lets writers race, on scratch keys that it deletes again: some",
        "10,000 requests within two minutes, or 1,500 with --quick. Credentials are those of the",
        "AWS SDK's default chain: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, a role.",
        "Ends with 0 if the bucket is fit, with 1 if it is not or cannot be reached."
      })
  static final class Probe implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
        names = "--endpoint",
        paramLabel = "<url>",
        description = "Server of the bucket; without it Amazon's of the region.")
    private @Nullable String endpoint;

    @Option(names = "--bucket", required = true, paramLabel = "<name>", description = "The bucket.")
    private String bucket;

    @Option(
        names = "--prefix",
        paramLabel = "<prefix>",
        defaultValue = "quorate-probe/",
        description = "What scratch keys begin with (default: ${DEFAULT-VALUE}).")
    private String prefix;

    @Option(names = "--region", paramLabel = "<name>", description = "Region of the bucket.")
    private @Nullable String region;

    @Option(
        names = "--no-checksums",
        description = "For servers that do not take x-amz-checksum-crc32c.")
    private boolean noChecksums;

    @Option(
        names = "--quoted-etags",
        description = "For servers that want the ETag of If-Match in quotes.")
    private boolean quotedEtags;

    @Option(names = "--quick", description = "As at the start of a node: about two seconds.")
    private boolean quick;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Override
    public Integer call() {
      BucketAccess access =
          access().withRegion(region).withChecksums(!noChecksums).withQuotedEtags(quotedEtags);
      ProbeReport report;
      try (AwsObjectStore store = AwsObjectStore.open(access)) {
        report =
            StoreProbe.run(
                store,
                prefix,
                quick ? ProbeOptions.QUICK : ProbeOptions.THOROUGH,
                new ProbeProgress(spec.commandLine().getErr()));
      } catch (IllegalArgumentException e) {
        throw CommandFailure.wrongUse(String.valueOf(e.getMessage()));
      }
      PrintWriter out = spec.commandLine().getOut();
      Optional<String> refusal = report.refusal(access.place());
      if (json) {
        out.println(json(report, refusal));
      } else {
        print(report, access, refusal, out);
      }
      out.flush();
      return report.fit() ? 0 : 1;
    }

    private BucketAccess access() {
      if (endpoint == null) {
        return BucketAccess.amazon(bucket, region);
      }
      try {
        URI uri = new URI(endpoint);
        if (uri.getHost() != null
            && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
          return BucketAccess.at(uri, bucket);
        }
      } catch (URISyntaxException e) {
        // Said below, as for what is a URI and no endpoint.
      }
      throw CommandFailure.wrongUse(
          "--endpoint: \"%s\" is not a URL such as http://127.0.0.1:9000".formatted(endpoint));
    }

    private static void print(
        ProbeReport report, BucketAccess access, Optional<String> refusal, PrintWriter out) {
      Table table = new Table("requirement", "verdict", "ms", "seen");
      for (ProbeReport.Line line : report.lines()) {
        table.add(
            line.requirement().sentence(),
            line.verdict().name().toLowerCase(Locale.ROOT),
            Long.toString(line.millis()),
            line.detail());
      }
      table.print(out);
      out.println();
      out.println(refusal.orElse(access.place() + " is fit: nothing was found against it"));
      if (!report.leftBehind().isEmpty()) {
        out.println("left behind: " + String.join(", ", report.leftBehind()));
      }
    }

    private static ObjectNode json(ProbeReport report, Optional<String> refusal) {
      ObjectNode object = Json.object();
      object.put("fit", report.fit());
      object.put("refusal", refusal.orElse(null));
      ArrayNode lines = object.putArray("requirements");
      for (ProbeReport.Line line : report.lines()) {
        lines
            .addObject()
            .put("requirement", line.requirement().name().toLowerCase(Locale.ROOT))
            .put("vital", line.requirement().vital())
            .put("verdict", line.verdict().name().toLowerCase(Locale.ROOT))
            .put("millis", line.millis())
            .put("detail", line.detail());
      }
      ArrayNode left = object.putArray("left_behind");
      report.leftBehind().forEach(left::add);
      return object;
    }
  }
}

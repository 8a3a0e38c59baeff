// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.aws;

import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What the errors of stores mean. Whatever is not surely something else is unclear: it may have
 * been executed.
 */
final class Answers {
  private static final int DEPTH_MAX = 20;

  private final BucketAccess access;

  Answers(BucketAccess access) {
    this.access = access;
  }

  /** How a request that failed ended. */
  ObjectResult of(ObjectRequest request, Throwable failure) {
    Throwable cause = failure;
    if (failure instanceof CompletionException && failure.getCause() != null) {
      cause = failure.getCause();
    }
    if (cause instanceof S3Exception answer) {
      return ofAnswer(request, answer);
    }
    if (cause instanceof SdkClientException client
        && String.valueOf(client.getMessage()).contains("Unable to load credentials")) {
      return refused(
          "there are no credentials for it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a"
              + " profile, or a role of this machine");
    }
    return new ObjectResult.Unclear(access.place() + ": " + innermost(cause));
  }

  private ObjectResult ofAnswer(ObjectRequest request, S3Exception answer) {
    int status = answer.statusCode();
    String code = code(answer);
    ObjectResult byCode = ofCode(code, answer);
    if (byCode != null) {
      return byCode;
    }
    return switch (status) {
      case 304 -> new ObjectResult.Unchanged();
      case 404 -> ofNotFound(request, code);
      case 409 -> unclear(answer);
      case 412 -> new ObjectResult.PreconditionFailed();
      case 429, 503 -> new ObjectResult.Throttled();
      case 401, 403 -> forbidden(request, code);
      case 301, 302, 307, 308 -> elsewhere(answer);
      case 400, 405, 411, 413, 414, 416, 501 ->
          refused(
              "it does not take this request (%s %s: %s): a server that knows conditional writes"
                      .formatted(status, code, message(answer))
                  + " is needed, and settings that fit it");
      default -> unclear(answer);
    };
  }

  /** What errors mean that are told by their code; null: it is the status that tells. */
  private @Nullable ObjectResult ofCode(String code, S3Exception answer) {
    return switch (code) {
      case "ConditionalRequestConflict", "OperationAborted" -> new ObjectResult.Conflict();
      case "SlowDown",
          "Throttling",
          "ThrottlingException",
          "TooManyRequests",
          "RequestLimitExceeded",
          "ServiceUnavailable" ->
          new ObjectResult.Throttled();
      // Told with 400, and yet of this attempt only.
      case "RequestTimeout",
          "IncompleteBody",
          "BadDigest",
          "XAmzContentSHA256Mismatch",
          "InvalidDigest" ->
          unclear(answer);
      case "NoSuchBucket" ->
          refused("there is no such bucket: create it, or correct its name or region");
      case "RequestTimeTooSkewed" ->
          refused(
              "its clock and that of this machine differ by more than it allows (%s): set the clock"
                  .formatted(message(answer)));
      case "SignatureDoesNotMatch", "InvalidAccessKeyId", "AuthorizationQueryParametersError" ->
          refused(
              "it does not know these credentials (%s): check the access key and its secret"
                  .formatted(code));
      case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
          refused("the session of these credentials has ended (%s): renew it".formatted(code));
      case "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          elsewhere(answer);
      default -> null;
    };
  }

  private ObjectResult ofNotFound(ObjectRequest request, String code) {
    return switch (request) {
      case ObjectRequest.Get get -> new ObjectResult.Absent();
      case ObjectRequest.Replace replace -> new ObjectResult.Absent();
      case ObjectRequest.Delete delete -> new ObjectResult.Deleted();
      case ObjectRequest.Create create -> nowhere(code);
      case ObjectRequest.Put put -> nowhere(code);
      case ObjectRequest.List list -> nowhere(code);
    };
  }

  private ObjectResult nowhere(String code) {
    return refused(
        "nothing is found there (404 %s): correct the endpoint or the name of the bucket"
            .formatted(code));
  }

  private ObjectResult forbidden(ObjectRequest request, String code) {
    String action =
        switch (request) {
          case ObjectRequest.Get get -> "s3:GetObject";
          case ObjectRequest.Create create -> "s3:PutObject";
          case ObjectRequest.Replace replace -> "s3:PutObject";
          case ObjectRequest.Put put -> "s3:PutObject";
          case ObjectRequest.Delete delete -> "s3:DeleteObject";
          case ObjectRequest.List list -> "s3:ListBucket";
        };
    return refused(
        "it forbids %s of %s (%s): grant s3:GetObject, s3:PutObject and s3:DeleteObject on the"
                .formatted(action, request.key(), code)
            + " prefix and s3:ListBucket on the bucket, without which an absent object looks"
            + " forbidden");
  }

  private ObjectResult elsewhere(S3Exception answer) {
    Optional<String> region =
        Optional.ofNullable(answer.awsErrorDetails())
            .map(AwsErrorDetails::sdkHttpResponse)
            .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"));
    return refused(
        region
            .map(name -> "it is in the region %s: set the region to that".formatted(name))
            .orElse(
                "it is in another region or at another endpoint (%s): correct them"
                    .formatted(message(answer))));
  }

  private ObjectResult refused(String why) {
    return new ObjectResult.Refused("bucket " + access.place() + ": " + why);
  }

  private ObjectResult unclear(S3Exception answer) {
    return new ObjectResult.Unclear(
        "%s: %d %s".formatted(access.place(), answer.statusCode(), code(answer)));
  }

  private static String code(S3Exception answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null ? "" : code;
  }

  private static String message(S3Exception answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String message = details == null ? null : details.errorMessage();
    return message == null ? String.valueOf(answer.statusCode()) : message;
  }

  /** The cause that says most: the SDK wraps the network's errors several times. */
  private static String innermost(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < DEPTH_MAX && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    if (message != null && !message.isBlank()) {
      return message;
    }
    return cause
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }
}

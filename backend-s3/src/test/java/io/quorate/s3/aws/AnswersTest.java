// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.port.ObjectCounters;
import io.quorate.core.protocol.ObjectRequest;
import io.quorate.core.protocol.ObjectResult;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each answer of a store means, as A.1 of the protocol has it. */
@Timeout(60)
final class AnswersTest {

  private static ObjectRequest request(String kind) {
    byte[] bytes = {1, 2, 3};
    return switch (kind) {
      case "get" -> new ObjectRequest.Get("root", "\"abc\"");
      case "create" -> new ObjectRequest.Create("slot", bytes);
      case "replace" -> new ObjectRequest.Replace("root", bytes, "\"abc\"");
      case "put" -> new ObjectRequest.Put("part", bytes);
      case "delete" -> new ObjectRequest.Delete("slot");
      case "list" -> new ObjectRequest.List("snap/", null);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest(name = "{0} {1} {2} is {3}")
  @CsvSource({
    "get, 304, '', unchanged",
    "get, 404, NoSuchKey, absent",
    "get, 404, '', absent",
    "get, 500, InternalError, unclear",
    "get, 503, SlowDown, throttled",
    "get, 403, AccessDenied, refused",
    "get, 404, NoSuchBucket, refused",
    "create, 412, PreconditionFailed, precondition-failed",
    "create, 409, ConditionalRequestConflict, conflict",
    "create, 409, OperationAborted, conflict",
    "create, 409, InvalidBucketState, unclear",
    "create, 500, InternalError, unclear",
    "create, 500, UnknownError, unclear",
    "create, 502, '', unclear",
    "create, 503, SlowDown, throttled",
    "create, 503, ServiceUnavailable, throttled",
    "create, 503, '', throttled",
    "create, 504, '', unclear",
    "create, 429, '', throttled",
    "create, 429, TooManyRequests, throttled",
    "create, 400, RequestTimeout, unclear",
    "create, 400, BadDigest, unclear",
    "create, 400, IncompleteBody, unclear",
    "create, 400, InvalidRequest, refused",
    "create, 501, NotImplemented, refused",
    "create, 404, NoSuchBucket, refused",
    "create, 404, '', refused",
    "create, 403, AccessDenied, refused",
    "create, 403, SignatureDoesNotMatch, refused",
    "create, 403, InvalidAccessKeyId, refused",
    "create, 403, RequestTimeTooSkewed, refused",
    "create, 400, ExpiredToken, refused",
    "create, 400, AuthorizationHeaderMalformed, refused",
    "create, 301, PermanentRedirect, refused",
    "replace, 412, PreconditionFailed, precondition-failed",
    "replace, 404, NoSuchKey, absent",
    "replace, 409, ConditionalRequestConflict, conflict",
    "replace, 500, UnknownError, unclear",
    "put, 503, SlowDown, throttled",
    "put, 404, NoSuchBucket, refused",
    "delete, 404, NoSuchKey, deleted",
    "delete, 204, '', deleted",
    "delete, 403, AccessDenied, refused",
    "list, 404, NoSuchBucket, refused",
    "list, 403, AccessDenied, refused",
  })
  void eachAnswerHasItsMeaning(String kind, int status, String code, String outcome)
      throws IOException {
    try (ScriptedServer server = ScriptedServer.failing(status, code, Map.of())) {
      ObjectResult result = server.call(request(kind));
      assertThat(ObjectCounters.outcome(result)).as("%s", result).isEqualTo(outcome);
      // The core repeats, not the SDK: a repeated conditional write would hide its first answer.
      assertThat(server.seen()).hasSize(1);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "403, AccessDenied, grant s3:GetObject",
    "403, RequestTimeTooSkewed, set the clock",
    "403, SignatureDoesNotMatch, check the access key and its secret",
    "400, ExpiredToken, renew it",
    "404, NoSuchBucket, create it",
    "501, NotImplemented, conditional writes",
  })
  void whatIsRefusedSaysWhatWouldBeRight(int status, String code, String advice)
      throws IOException {
    try (ScriptedServer server = ScriptedServer.failing(status, code, Map.of())) {
      ObjectResult result = server.call(request("create"));
      assertThat(result)
          .isInstanceOfSatisfying(
              ObjectResult.Refused.class,
              refused ->
                  assertThat(refused.what())
                      .startsWith("bucket orders at " + server.uri())
                      .contains(advice));
    }
  }

  @Test
  void aBucketElsewhereSaysWhere() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.failing(
            301, "PermanentRedirect", Map.of("x-amz-bucket-region", "eu-central-1"))) {
      assertThat(server.call(request("get")))
          .isInstanceOfSatisfying(
              ObjectResult.Refused.class,
              refused ->
                  assertThat(refused.what())
                      .contains("it is in the region eu-central-1: set the region to that"));
    }
  }
}

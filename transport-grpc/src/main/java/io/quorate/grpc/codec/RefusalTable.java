// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.codec;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quorate.api.NodeId;
import io.quorate.core.protocol.Refusal;
import io.quorate.core.protocol.RefusalCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the wire carries for each refusal, both ways: a number in the records of a stream, a gRPC
 * status with that number in its trailers where a whole stream or a single call is refused.
 *
 * <p>A status without that number was not made by a replica but on the way, and is read as what can
 * safely be said about the call it ended: {@link RefusalCode#INDETERMINATE}.
 */
public final class RefusalTable {
  private static final Metadata.Key<String> NUMBER =
      Metadata.Key.of("quorate-refusal", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LEADER =
      Metadata.Key.of("quorate-leader", Metadata.ASCII_STRING_MARSHALLER);
  private static final int TEXT_BYTES_MAX = 4_096;

  private RefusalTable() {}

  /** One line for each refusal: its number in a record, its status for everybody else. */
  private enum Row {
    COMMAND_FAILED(RefusalCode.COMMAND_FAILED, 1, Status.Code.ABORTED),
    RESULT_DROPPED(RefusalCode.RESULT_DROPPED, 2, Status.Code.DATA_LOSS),
    STALE_SEQUENCE(RefusalCode.STALE_SEQUENCE, 3, Status.Code.ALREADY_EXISTS),
    NOT_LEADER(RefusalCode.NOT_LEADER, 4, Status.Code.FAILED_PRECONDITION),
    OVERLOADED(RefusalCode.OVERLOADED, 5, Status.Code.RESOURCE_EXHAUSTED),
    TOO_LARGE(RefusalCode.TOO_LARGE, 6, Status.Code.INVALID_ARGUMENT),
    OUT_OF_ORDER(RefusalCode.OUT_OF_ORDER, 7, Status.Code.OUT_OF_RANGE),
    WINDOW_FULL(RefusalCode.WINDOW_FULL, 8, Status.Code.OUT_OF_RANGE),
    SESSION_EXPIRED(RefusalCode.SESSION_EXPIRED, 9, Status.Code.NOT_FOUND),
    SESSION_LIMIT(RefusalCode.SESSION_LIMIT, 10, Status.Code.RESOURCE_EXHAUSTED),
    NOT_READY(RefusalCode.NOT_READY, 11, Status.Code.UNAVAILABLE),
    UNSUPPORTED(RefusalCode.UNSUPPORTED, 12, Status.Code.UNIMPLEMENTED),
    HALTED(RefusalCode.HALTED, 13, Status.Code.UNAVAILABLE),
    CLOSED(RefusalCode.CLOSED, 14, Status.Code.UNAVAILABLE),
    INDETERMINATE(RefusalCode.INDETERMINATE, 15, Status.Code.UNKNOWN),
    NOT_COMMITTED(RefusalCode.NOT_COMMITTED, 16, Status.Code.ABORTED);

    private static final Row[] ROWS = values();

    private final RefusalCode code;
    private final int number;
    private final Status.Code status;

    Row(RefusalCode code, int number, Status.Code status) {
      this.code = code;
      this.number = number;
      this.status = status;
    }

    static Row of(RefusalCode code) {
      for (Row row : ROWS) {
        if (row.code == code) {
          return row;
        }
      }
      throw new IllegalArgumentException("no row for " + code);
    }
  }

  /** Number of a refusal in a record. */
  public static int number(RefusalCode code) {
    return Row.of(code).number;
  }

  /** The refusal with this number; one that this release does not know is indeterminate. */
  public static RefusalCode code(int number) {
    for (Row row : Row.ROWS) {
      if (row.number == number) {
        return row.code;
      }
    }
    return RefusalCode.INDETERMINATE;
  }

  /** Appends an answer without a result; a very long text is cut. */
  public static void append(Records records, long tag, Refusal refusal) {
    byte[] text = refusal.text().getBytes(StandardCharsets.UTF_8);
    int textBytes = Math.min(text.length, TEXT_BYTES_MAX);
    NodeId leader = refusal.leader();
    byte[] name = leader == null ? new byte[0] : leader.value().getBytes(StandardCharsets.UTF_8);
    byte[] payload = Arrays.copyOf(name, name.length + textBytes);
    System.arraycopy(text, 0, payload, name.length, textBytes);
    int number = number(refusal.code());
    records.append(Records.What.REFUSED, number, tag, 0, 0, 0, payload, 0, payload.length);
    records.nameBytes(name.length);
  }

  /** Upper bound of what {@link #append} takes, beyond the bytes of a record's header. */
  public static int payloadBytesMax(Refusal refusal) {
    return Math.min(refusal.text().length() * 3, TEXT_BYTES_MAX) + 64;
  }

  /** Reads the refusal that the cursor stands on. */
  public static Refusal read(Records records) {
    int nameBytes = Math.min(records.nameBytes(), records.payloadBytes());
    int from = records.payloadAt();
    NodeId leader = nameBytes == 0 ? null : name(text(records.bytes(), from, nameBytes));
    String text = text(records.bytes(), from + nameBytes, records.payloadBytes() - nameBytes);
    return new Refusal(code(records.detail()), leader, text);
  }

  /** The refusal of a whole stream or of a single call. */
  public static StatusRuntimeException status(Refusal refusal) {
    Row row = Row.of(refusal.code());
    return new StatusRuntimeException(
        Status.fromCode(row.status).withDescription(refusal.text()), trailers(refusal));
  }

  /** What is added to the status of a refusal so that it can be read back exactly. */
  public static Metadata trailers(Refusal refusal) {
    Metadata trailers = new Metadata();
    trailers.put(NUMBER, Integer.toString(number(refusal.code())));
    NodeId leader = refusal.leader();
    if (leader != null) {
      trailers.put(LEADER, leader.value());
    }
    return trailers;
  }

  /** Reads what {@link #status} and {@link #trailers} carried; null if no replica wrote them. */
  public static @Nullable Refusal written(Status status, @Nullable Metadata trailers) {
    String number = trailers == null ? null : trailers.get(NUMBER);
    if (number == null || trailers == null) {
      return null;
    }
    RefusalCode code;
    try {
      code = code(Integer.parseInt(number));
    } catch (NumberFormatException e) {
      code = RefusalCode.INDETERMINATE;
    }
    String leader = trailers.get(LEADER);
    String text = status.getDescription() == null ? code.toString() : status.getDescription();
    return new Refusal(code, leader == null ? null : name(leader), text);
  }

  /** Reads any status that ended a call which may have been carried out. */
  public static Refusal of(Status status, @Nullable Metadata trailers) {
    Refusal written = written(status, trailers);
    return written != null ? written : Refusal.of(RefusalCode.INDETERMINATE, describe(status));
  }

  /** What a status says, for people. */
  public static String describe(Status status) {
    StringBuilder text = new StringBuilder(status.getCode().toString());
    if (status.getDescription() != null) {
      text.append(": ").append(status.getDescription());
    }
    Throwable cause = status.getCause();
    if (cause != null && cause.getMessage() != null) {
      text.append(" (").append(cause.getMessage()).append(')');
    }
    return text.toString();
  }

  private static @Nullable NodeId name(String text) {
    try {
      return NodeId.of(text);
    } catch (IllegalArgumentException e) {
      return null; // a hint that cannot be used is no hint
    }
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }
}

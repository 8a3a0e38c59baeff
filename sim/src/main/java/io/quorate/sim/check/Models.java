// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The sequential models that histories are checked against. */
public final class Models {
  private static final String NO_VALUE = "absent";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern TOKEN = Pattern.compile("[0-9]{1,18}");

  private Models() {}

  /**
   * Key-value pairs.
   *
   * <ul>
   *   <li>{@code put k v}: any answer
   *   <li>{@code get k}: the value, or none
   *   <li>{@code delete k}: "true" if there was a value, "false" if not, or none if not told
   *   <li>{@code cas k expected v}: "true" or "false"; an absent key never matches
   *   <li>{@code create k v}: puts if absent; "true" or "false"
   *   <li>{@code incr k n}: the new value; an absent key counts as 0; "error" and no change if the
   *       value is not a number
   * </ul>
   */
  public static Model<Value> keyValue() {
    return KeyValue.INSTANCE;
  }

  /**
   * A register: {@code read}, {@code write v}, {@code cas expected v}; begins with {@code value}.
   */
  public static Model<String> register(String value) {
    return new Register(value);
  }

  /** A counter from 0: {@code add n} answers the new value or nothing, {@code read} the value. */
  public static Model<Long> counter() {
    return Counter.INSTANCE;
  }

  /**
   * A list: {@code append v} answers the new length or nothing, {@code read} the elements,
   * separated by blanks.
   */
  public static Model<List<String>> listAppend() {
    return ListAppend.INSTANCE;
  }

  /**
   * A lock with fencing tokens: {@code acquire owner} answers a token above all earlier ones, or
   * "held"; {@code release owner} answers "true", or "false" if the owner does not hold it; {@code
   * holder} answers the owner or none.
   */
  public static Model<LockState> lock() {
    return Lock.INSTANCE;
  }

  /**
   * State of a key.
   *
   * @param text null if there is no value
   */
  public record Value(@Nullable String text) {
    /** No value. */
    public static final Value ABSENT = new Value(null);
  }

  /**
   * State of a lock.
   *
   * @param holder empty if it is free
   * @param token highest token known to have been handed out
   */
  public record LockState(Optional<String> holder, long token) {}

  /** A first-in first-out queue: {@code push v} any answer, {@code pop} the first, or none. */
  public static Model<List<String>> queue() {
    return Queue.INSTANCE;
  }

  private static boolean told(@Nullable Answer answer, @Nullable String value) {
    return answer == null || Objects.equals(answer.value(), value);
  }

  private static boolean toldOrSilent(@Nullable Answer answer, String value) {
    return answer == null || answer.value() == null || answer.value().equals(value);
  }

  private static @Nullable Long number(@Nullable Answer answer) {
    String value = answer == null ? null : answer.value();
    return value != null && NUMBER.matcher(value).matches() ? Long.valueOf(value) : null;
  }

  private static boolean isAnswer(@Nullable Answer answer, String value) {
    return answer != null && value.equals(answer.value());
  }

  private static IllegalArgumentException unknown(String model, Call call) {
    return new IllegalArgumentException(model + " does not know " + call);
  }

  private enum KeyValue implements Model<Value> {
    INSTANCE;

    @Override
    public String title() {
      return "key-value";
    }

    @Override
    public Value initial() {
      return Value.ABSENT;
    }

    @Override
    public boolean isRead(Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "get" -> true;
        case "cas", "create", "delete" -> isAnswer(answer, "false");
        case "incr" -> isAnswer(answer, "error");
        default -> false;
      };
    }

    @Override
    public @Nullable Value step(Value state, Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "put" -> new Value(call.argument(0));
        case "get" -> told(answer, state.text()) ? state : null;
        case "delete" ->
            toldOrSilent(answer, String.valueOf(state.text() != null)) ? Value.ABSENT : null;
        case "cas" -> {
          boolean matches = call.argument(0).equals(state.text());
          yield conditional(matches, state, call.argument(1), answer);
        }
        case "create" -> conditional(state.text() == null, state, call.argument(0), answer);
        case "incr" -> increment(state, Long.parseLong(call.argument(0)), answer);
        default -> throw unknown(title(), call);
      };
    }

    @Override
    public String initialValue() {
      return NO_VALUE;
    }

    @Override
    public @Nullable Touch touch(Call call, @Nullable Answer answer) {
      if (isRead(call, answer)) {
        boolean isGet = call.function().equals("get");
        return isGet && answer != null ? new Touch(valueOf(answer), null) : Touch.NOTHING;
      }
      boolean known = answer != null;
      return switch (call.function()) {
        case "put" -> new Touch(null, "=" + call.argument(0));
        case "delete" -> new Touch(null, NO_VALUE);
        case "cas" -> new Touch(known ? "=" + call.argument(0) : null, "=" + call.argument(1));
        case "create" -> new Touch(known ? NO_VALUE : null, "=" + call.argument(0));
        case "incr" -> incremented(call, answer);
        default -> null;
      };
    }

    private static String valueOf(Answer answer) {
      return answer.value() == null ? NO_VALUE : "=" + answer.value();
    }

    private static @Nullable Touch incremented(Call call, @Nullable Answer answer) {
      Long after = number(answer);
      if (after == null) {
        return null;
      }
      long before = after - Long.parseLong(call.argument(0));
      // A key without a value counts as 0, so 0 before may have been either.
      return new Touch(before == 0 ? null : "=" + before, "=" + after);
    }

    private static @Nullable Value conditional(
        boolean holds, Value state, String value, @Nullable Answer answer) {
      if (!told(answer, String.valueOf(holds))) {
        return null;
      }
      return holds ? new Value(value) : state;
    }

    private static @Nullable Value increment(Value state, long by, @Nullable Answer answer) {
      String next;
      try {
        next = String.valueOf(Long.parseLong(state.text() == null ? "0" : state.text()) + by);
      } catch (NumberFormatException e) {
        return told(answer, "error") ? state : null;
      }
      return told(answer, next) ? new Value(next) : null;
    }

    @Override
    public String describe(Value state) {
      return state.text() == null ? NO_VALUE : state.text();
    }
  }

  private record Register(String initial) implements Model<String> {
    @Override
    public String title() {
      return "register";
    }

    @Override
    public boolean isRead(Call call, @Nullable Answer answer) {
      return call.function().equals("read")
          || call.function().equals("cas") && isAnswer(answer, "false");
    }

    @Override
    public @Nullable String step(String state, Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "read" -> told(answer, state) ? state : null;
        case "write" -> call.argument(0);
        case "cas" -> {
          boolean matches = state.equals(call.argument(0));
          if (!told(answer, String.valueOf(matches))) {
            yield null;
          }
          yield matches ? call.argument(1) : state;
        }
        default -> throw unknown(title(), call);
      };
    }

    @Override
    public String initialValue() {
      return initial;
    }

    @Override
    public @Nullable Touch touch(Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "read" -> new Touch(answer == null ? null : answer.value(), null);
        case "write" -> new Touch(null, call.argument(0));
        case "cas" -> {
          boolean refused = isAnswer(answer, "false");
          String sees = answer == null || refused ? null : call.argument(0);
          yield new Touch(sees, refused ? null : call.argument(1));
        }
        default -> null;
      };
    }
  }

  private enum Counter implements Model<Long> {
    INSTANCE;

    @Override
    public String title() {
      return "counter";
    }

    @Override
    public Long initial() {
      return 0L;
    }

    @Override
    public boolean isRead(Call call, @Nullable Answer answer) {
      return call.function().equals("read");
    }

    @Override
    public @Nullable Long step(Long state, Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "read" -> told(answer, String.valueOf(state)) ? state : null;
        case "add" -> {
          long next = state + Long.parseLong(call.argument(0));
          yield toldOrSilent(answer, String.valueOf(next)) ? Long.valueOf(next) : null;
        }
        default -> throw unknown(title(), call);
      };
    }

    @Override
    public String initialValue() {
      return "0";
    }

    @Override
    public @Nullable Touch touch(Call call, @Nullable Answer answer) {
      if (call.function().equals("read")) {
        return new Touch(answer == null ? null : answer.value(), null);
      }
      Long after = number(answer);
      if (after == null) {
        return null;
      }
      return new Touch(String.valueOf(after - Long.parseLong(call.argument(0))), "" + after);
    }
  }

  private enum ListAppend implements Model<List<String>> {
    INSTANCE;

    @Override
    public String title() {
      return "list";
    }

    @Override
    public List<String> initial() {
      return List.of();
    }

    @Override
    public boolean isRead(Call call, @Nullable Answer answer) {
      return call.function().equals("read");
    }

    @Override
    public @Nullable List<String> step(List<String> state, Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "read" -> told(answer, String.join(" ", state)) ? state : null;
        case "append" -> {
          if (!toldOrSilent(answer, String.valueOf(state.size() + 1))) {
            yield null;
          }
          List<String> longer = new ArrayList<>(state);
          longer.add(call.argument(0));
          yield List.copyOf(longer);
        }
        default -> throw unknown(title(), call);
      };
    }
  }

  private enum Lock implements Model<LockState> {
    INSTANCE;

    @Override
    public String title() {
      return "lock";
    }

    @Override
    public LockState initial() {
      return new LockState(Optional.empty(), 0);
    }

    @Override
    public boolean isRead(Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "holder" -> true;
        case "acquire" -> isAnswer(answer, "held");
        case "release" -> isAnswer(answer, "false");
        default -> false;
      };
    }

    @Override
    public @Nullable LockState step(LockState state, Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "holder" -> told(answer, state.holder().orElse(null)) ? state : null;
        case "acquire" -> acquire(state, call.argument(0), answer);
        case "release" -> {
          boolean holds = state.holder().equals(Optional.of(call.argument(0)));
          if (!told(answer, String.valueOf(holds))) {
            yield null;
          }
          yield holds ? new LockState(Optional.empty(), state.token()) : state;
        }
        default -> throw unknown(title(), call);
      };
    }

    private static @Nullable LockState acquire(
        LockState state, String owner, @Nullable Answer answer) {
      if (state.holder().isPresent()) {
        return told(answer, "held") ? state : null;
      }
      if (answer == null) {
        // Its token is unknown, but later ones must be above it and so above the last known one.
        return new LockState(Optional.of(owner), state.token());
      }
      String value = answer.value();
      if (value == null || !TOKEN.matcher(value).matches()) {
        return null;
      }
      long token = Long.parseLong(value);
      return token > state.token() ? new LockState(Optional.of(owner), token) : null;
    }
  }

  private enum Queue implements Model<List<String>> {
    INSTANCE;

    @Override
    public String title() {
      return "queue";
    }

    @Override
    public List<String> initial() {
      return List.of();
    }

    @Override
    public boolean isRead(Call call, @Nullable Answer answer) {
      return false;
    }

    @Override
    public @Nullable List<String> step(List<String> state, Call call, @Nullable Answer answer) {
      return switch (call.function()) {
        case "push" -> {
          List<String> longer = new ArrayList<>(state);
          longer.add(call.argument(0));
          yield List.copyOf(longer);
        }
        case "pop" -> {
          if (!told(answer, state.isEmpty() ? null : state.getFirst())) {
            yield null;
          }
          yield state.isEmpty() ? state : List.copyOf(state.subList(1, state.size()));
        }
        default -> throw unknown(title(), call);
      };
    }
  }
}

package io.millrace.traces;

import org.jspecify.annotations.Nullable;

/**
 * The decider of one partition: which traces have an episode under way, which are decided, and
 * which records the forwarder may pass. Told of every record in offset order; decides by log time,
 * so that reading the same records again decides the same. Loop thread only.
 *
 * <pre>
 * (none) --first span--> undecided --deadline passed, or memory full--> sampled | not sampled
 *    ^                                                                        |
 *    +------------- no record for a look-back, and the forwarder past it -----+
 * </pre>
 */
final class PartitionDecider {

  /** What becomes of a trace's spans. */
  static final int UNDECIDED = 0;

  static final int SAMPLED = 1;
  static final int NOT_SAMPLED = 2;

  // The row's state word: the verdict, and which timelines name the row.
  // Above them stands what the verdict wants remembered.
  private static final long VERDICT_MASK = 0b11;
  private static final long IN_UNDECIDED = 1 << 2;
  private static final long IN_ROOTS = 1 << 3;
  private static final int NOTE_SHIFT = 4;

  private static final int PLAIN = 0;

  /**
   * A step back by more than this is a broker's clock that was set, and no difference between
   * brokers.
   */
  static final long CLOCK_SET_MILLIS = 60_000;

  /** Bits of a note. */
  static final int NOTE_BITS = Long.SIZE - NOTE_SHIFT;

  private final Settings settings;
  private final Verdicts verdicts;
  private final Counts counts;
  private final Window window;

  /** Episodes by their first record: offset of that record, deadline. */
  private final Timeline undecided = new Timeline();

  /** Episodes whose root has come: deadline. */
  private final Timeline roots = new Timeline();

  /** Records read and not yet forwarded: offset, log time; {@link #PLAIN} as row, or none. */
  private final Timeline ahead = new Timeline();

  /** Who decided before the policies changed; its verdicts hold. */
  private @Nullable PartitionDecider predecessor;

  private long maxBytes;
  private long offset = -1;
  private long forwardedTo = -1;
  private long logTime = Long.MIN_VALUE;

  /** How far clocks were set back: so much is log time ahead of append times. */
  private long setBack;

  private long clock = Long.MIN_VALUE;

  // The row that the current record had its last span in; its trace is not decided.
  private int current = Window.NONE;
  private long currentHigh;
  private long currentLow;

  /**
   * All in milliseconds of log time.
   *
   * @param decisionWait from a trace's first record to its verdict
   * @param afterRoot from the root span to the verdict, if that is earlier; 0 for no such rule
   * @param lookBack how long a verdict is remembered after the trace's last record
   */
  record Settings(long decisionWait, long afterRoot, long lookBack) {}

  /** Decides an episode. */
  interface Verdicts {

    /** Words a summary takes; 1 or more. */
    int summaryWords();

    /**
     * @param logTime the deadline that has passed, in milliseconds
     * @return of {@link #decided}, {@link #SAMPLED} or {@link #NOT_SAMPLED} and a note
     */
    long decide(Window window, int row, long logTime);
  }

  /** Told of what a person should know. */
  interface Counts {

    /** A trace decided before its time, for want of memory. */
    void early();

    /** A verdict forgotten before its time, for want of memory. */
    void forgotten();

    /** A record with an append time earlier than the clock had already moved log time. */
    void skewed();

    /** A record appended long before the one before it: log time goes on from that one. */
    void clockSetBack();

    /** A span that came after its trace was decided, and follows the verdict. */
    void late(int verdict);

    /** A late span, more than a look-back after the first of its trace. */
    void outlasting();
  }

  PartitionDecider(Settings settings, Verdicts verdicts, Counts counts, long maxBytes) {
    this.settings = settings;
    this.verdicts = verdicts;
    this.counts = counts;
    this.maxBytes = maxBytes;
    this.window = new Window(verdicts.summaryWords());
  }

  /**
   * Takes the place of another, which reads no further. What that has decided stays so; what it has
   * not is decided here, on all its records, which are read again.
   */
  void succeed(PartitionDecider other) {
    predecessor = other;
    forwarded(other.forwardedTo);
  }

  long forwardedTo() {
    return forwardedTo;
  }

  void maxBytes(long bytes) {
    maxBytes = bytes;
  }

  long bytes() {
    long before = predecessor == null ? 0 : predecessor.bytes();
    return window.bytes() + undecided.bytes() + roots.bytes() + ahead.bytes() + before;
  }

  int traces() {
    return window.size();
  }

  Window window() {
    return window;
  }

  /**
   * May the decider read a record of this append time, or must the forwarder come nearer first?
   * Makes room where it can; when the forwarder itself waits for a verdict that memory does not let
   * come, decides the oldest episodes now.
   */
  boolean mayRead(long timestamp) {
    expire();
    long time = logTimeAt(timestamp);
    if (!ahead.isEmpty() && time > ahead.time() + settings.lookBack()) {
      decideUntil(time); // as the record would; the forwarder may wait for just that
      return false;
    }
    if (bytes() + window.growthOfNextAdd() <= maxBytes) {
      return true;
    }
    if (forgetOne()) {
      return true;
    }
    while (!ahead.isEmpty() && !mayPass(ahead.offset())) {
      decideEarly();
    }
    return ahead.isEmpty() && makeRoom();
  }

  /** Nothing waits to be forwarded, so nobody else will: a start that reads back, for example. */
  private boolean makeRoom() {
    while (true) {
      dropDecided(undecided, IN_UNDECIDED);
      dropDecided(roots, IN_ROOTS);
      if (forgetOne()) {
        return true;
      }
      if (undecided.isEmpty()) {
        forgetPredecessor(); // all there is left to give up
        return true;
      }
      decideEarly();
    }
  }

  private void forgetPredecessor() {
    if (predecessor != null) {
      for (int traces = predecessor.traces(); traces > 0; traces--) {
        counts.forgotten();
      }
      predecessor = null;
    }
  }

  private void decideEarly() {
    decide(undecided.row(), logTime);
    counts.early();
  }

  /** Begins the next record: log time moves on and what is due is decided. */
  void read(long recordOffset, long timestamp) {
    long time = logTimeAt(timestamp);
    setBack = setBackAt(timestamp);
    if (timestamp + setBack + CLOCK_SET_MILLIS < logTime) {
      setBack = logTime - timestamp;
      if (recordOffset > forwardedTo) {
        counts.clockSetBack();
      }
    }
    if (timestamp + setBack < clock) {
      counts.skewed();
    }
    offset = recordOffset;
    current = Window.NONE;
    logTime = time;
    decideUntil(logTime);
    expire();
    if (predecessor != null && predecessor.isForgotten(logTime)) {
      predecessor = null;
    }
    if (recordOffset > forwardedTo) {
      ahead.add(Window.NONE, recordOffset, logTime);
    }
  }

  /**
   * Never before that of the record before. When a clock is set back, it goes on from where it is:
   * else nothing would be decided until append times have caught up with it.
   */
  private long logTimeAt(long timestamp) {
    return Math.max(logTime, timestamp + setBackAt(timestamp));
  }

  /** None any more once the clock is right again, or another broker's is: log time must not run. */
  private long setBackAt(long timestamp) {
    return timestamp + CLOCK_SET_MILLIS >= logTime ? 0 : setBack;
  }

  /**
   * The row of a trace that the current record has a span of.
   *
   * @return the row to sum the span up in, or {@link Window#NONE} if the trace is decided already
   */
  int observe(long high, long low) {
    if (current == Window.NONE || high != currentHigh || low != currentLow) {
      current = find(high, low);
      currentHigh = high;
      currentLow = low;
    }
    return current;
  }

  private int find(long high, long low) {
    int row = window.find(high, low);
    if (row != Window.NONE && isOver(row)) {
      window.remove(row);
      row = Window.NONE;
    }
    if (row == Window.NONE) {
      row = begin(high, low);
    }
    window.touch(row, offset, logTime);
    int verdict = verdict(row);
    if (verdict != UNDECIDED) {
      late(row, verdict);
      return Window.NONE;
    }
    return row;
  }

  /** Every span of the current record begins with its only trace id. */
  void readWasPlain() {
    if (offset > forwardedTo) {
      ahead.lastRow(PLAIN);
    }
  }

  /** Whether that was said of a record. False if it is not known any more. */
  boolean isPlain(long recordOffset) {
    return !ahead.isEmpty() && ahead.offset() == recordOffset && ahead.row() == PLAIN;
  }

  private int begin(long high, long low) {
    int row = window.add(high, low);
    long before = predecessor == null ? UNDECIDED : predecessor.decidedBefore(high, low, logTime);
    if (before != UNDECIDED) {
      window.state(row, before);
      decidedAt(row, logTime);
    } else {
      window.state(row, IN_UNDECIDED);
      undecided.add(row, offset, logTime + settings.decisionWait());
    }
    return row;
  }

  /** The verdict that holds for a trace at a later time. */
  private long decidedBefore(long high, long low, long time) {
    int row = window.find(high, low);
    if (row != Window.NONE) {
      boolean holds = window.lastTime(row) + settings.lookBack() >= time;
      return holds && verdict(row) != UNDECIDED ? decided(high, low) : UNDECIDED;
    }
    return predecessor == null ? UNDECIDED : predecessor.decidedBefore(high, low, time);
  }

  private void late(int row, int verdict) {
    if (offset <= forwardedTo) {
      return; // counted when it was first read
    }
    counts.late(verdict);
    if (logTime - decidedAt(row) > settings.lookBack() - settings.decisionWait()) {
      counts.outlasting();
    }
  }

  /** The current record has the root span of a trace that is not decided. */
  void root(int row) {
    long state = window.state(row);
    if (settings.afterRoot() > 0 && (state & IN_ROOTS) == 0) {
      window.state(row, state | IN_ROOTS);
      roots.add(row, offset, logTime + settings.afterRoot());
    }
  }

  /**
   * The partition has been empty behind the last record up to this time, in milliseconds: what is
   * due by then is decided, though no record has come to say so.
   */
  void idleUntil(long time) {
    if (time > clock) {
      clock = time;
      decideUntil(time);
    }
  }

  /** Likewise for so long after the last record, in milliseconds. */
  void idleFor(long time) {
    if (logTime != Long.MIN_VALUE) {
      idleUntil(logTime + time);
    }
  }

  /** Up to this time all is decided, in milliseconds; {@link Long#MIN_VALUE} before the first. */
  long decidedUntil() {
    return Math.max(logTime, clock);
  }

  /** The gate: has every trace of this record its verdict? */
  boolean mayPass(long recordOffset) {
    dropDecided(undecided, IN_UNDECIDED);
    return recordOffset <= offset && (undecided.isEmpty() || undecided.offset() > recordOffset);
  }

  /** Whether the decider has not come to this offset: if there is a record, nobody has read it. */
  boolean isUnread(long recordOffset) {
    return recordOffset > offset;
  }

  /** The verdict on a trace, with its note; {@link #UNDECIDED} if there is none. */
  long decided(long high, long low) {
    int row = window.find(high, low);
    return row == Window.NONE ? UNDECIDED : window.state(row) & ~(IN_UNDECIDED | IN_ROOTS);
  }

  /** A verdict, {@link #SAMPLED} or {@link #NOT_SAMPLED}, and what is to be remembered of it. */
  static long decided(int verdict, long note) {
    return note << NOTE_SHIFT | verdict;
  }

  static int verdict(long decided) {
    return (int) (decided & VERDICT_MASK);
  }

  static long note(long decided) {
    return decided >>> NOTE_SHIFT;
  }

  /**
   * The forwarder has taken its copies of everything up to this offset, or begins behind it:
   * records up to it are read for what they say of later ones only.
   */
  void forwarded(long recordOffset) {
    forwardedTo = recordOffset;
    while (!ahead.isEmpty() && ahead.offset() <= recordOffset) {
      ahead.remove();
    }
  }

  private void decideUntil(long time) {
    while (Math.min(undecided.time(), roots.time()) < time) {
      boolean byWait = undecided.time() <= roots.time();
      Timeline due = byWait ? undecided : roots;
      int row = due.row();
      long deadline = due.time();
      unpin(due, byWait ? IN_UNDECIDED : IN_ROOTS);
      if (verdict(row) == UNDECIDED) {
        decide(row, deadline);
      }
    }
  }

  private void decide(int row, long time) {
    window.state(row, window.state(row) | verdicts.decide(window, row, time));
    decidedAt(row, time);
  }

  /** In a word of the summary, which is of no other use from now on. */
  private void decidedAt(int row, long time) {
    window.words(row)[window.summary(row)] = time;
  }

  private long decidedAt(int row) {
    return window.words(row)[window.summary(row)];
  }

  private void dropDecided(Timeline timeline, long bit) {
    while (!timeline.isEmpty() && verdict(timeline.row()) != UNDECIDED) {
      unpin(timeline, bit);
    }
  }

  private void unpin(Timeline timeline, long bit) {
    int row = timeline.row();
    window.state(row, window.state(row) & ~bit);
    timeline.remove();
  }

  private int verdict(int row) {
    return verdict(window.state(row));
  }

  /** True if no record of the trace has come for a look-back: the next one begins a new episode. */
  private boolean isOver(int row) {
    return isRemovable(row) && window.lastTime(row) + settings.lookBack() < logTime;
  }

  /** Decided, named by no timeline, and behind the forwarder. */
  private boolean isRemovable(int row) {
    long state = window.state(row);
    return (state & VERDICT_MASK) != UNDECIDED
        && (state & (IN_UNDECIDED | IN_ROOTS)) == 0
        && (ahead.isEmpty() || window.lastOffset(row) < ahead.offset());
  }

  private void expire() {
    int row = window.oldest();
    while (row != Window.NONE && isOver(row)) {
      window.remove(row);
      row = window.oldest();
    }
  }

  private boolean isForgotten(long time) {
    return logTime + settings.lookBack() < time;
  }

  private boolean forgetOne() {
    int row = window.oldest();
    if (row == Window.NONE || !isRemovable(row)) {
      return false;
    }
    window.remove(row);
    counts.forgotten();
    return true;
  }
}

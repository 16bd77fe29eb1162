import ArgumentParser
import GodwitModels

/// `godwit evaluate copying`.
struct EvaluateCopyingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copying",
    abstract: "Which mixers learn to copy tokens that stood at the start of a sequence?",
    discussion: """
      A sequence has tokens to remember, then blanks, then as many marks; after each mark the next of the tokens is due. \
      Their places are always the same, so that a layer that weighs the past by age alone can solve it (Arjovsky et al. \
      2016; Gu and Dao 2023, figure 2).

      \(RecallArguments.discussion)

      EXAMPLES
        godwit evaluate copying
        godwit evaluate copying --mixer mamba --mixer rwkv4 --length 512 --items 10 --steps 20000
      """)

  @OptionGroup var recall: RecallArguments

  func validate() throws { try recall.check(.copying) }
  func run() throws { try recall.run(.copying) }
}

/// `godwit evaluate selective-copying`.
struct EvaluateSelectiveCopyingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "selective-copying",
    abstract: "Which mixers choose what to remember?",
    discussion: """
      As copying, but the tokens stand anywhere among the blanks: a layer must tell by what it reads, not by its age, what \
      to keep (Gu and Dao 2023, section 4.1.1).

      \(RecallArguments.discussion)

      EXAMPLES
        godwit evaluate selective-copying
        godwit evaluate selective-copying --mixer mamba --mixer retnet:gate=none --steps 20000 --out runs/selective
      """)

  @OptionGroup var recall: RecallArguments

  func validate() throws { try recall.check(.selectiveCopying) }
  func run() throws { try recall.run(.selectiveCopying) }
}

/// `godwit evaluate induction-heads`.
struct EvaluateInductionHeadsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "induction-heads",
    abstract: "Which mixers recall what followed a token, in sequences far longer than they learned from?",
    discussion: """
      Among other tokens a special one stands once, and again at the end: the token that followed it is due. What was learned \
      at one --length is tested at others too (Gu and Dao 2023, section 4.1.2).

      \(RecallArguments.discussion)

      EXAMPLES
        godwit evaluate induction-heads
        godwit evaluate induction-heads --mixer mamba --test-lengths 64,256,4096,1048576 --steps 20000
      """)

  @OptionGroup var recall: RecallArguments

  func validate() throws { try recall.check(.inductionHeads) }
  func run() throws { try recall.run(.inductionHeads) }
}

/// `godwit evaluate associative-recall`.
struct EvaluateAssociativeRecallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "associative-recall",
    abstract: "Which mixers recall the values of keys, several in one sequence (MQAR), and at which width?",
    discussion: """
      A sequence begins with --items pairs of a key and a value; later each key comes again, and its value is due. A state of \
      fixed size holds only so many pairs, so try several widths (Arora et al. 2023, "Zoology").

      \(RecallArguments.discussion)

      EXAMPLES
        godwit evaluate associative-recall
        godwit evaluate associative-recall --mixer softmax --mixer linear --width 16,32,64,128 --learning-rate 1e-3,1e-2
      """)

  @OptionGroup var recall: RecallArguments

  func validate() throws { try recall.check(.associativeRecall) }
  func run() throws { try recall.run(.associativeRecall) }
}

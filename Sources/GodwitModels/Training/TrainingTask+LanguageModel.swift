import GodwitLayers
import GodwitTensor

/// What all tasks of a language model have in common, whatever they are trained on.
extension TrainingTask where Model == LanguageModel, ModelConfiguration == LanguageModelConfiguration {
  /// Stops an architecture or options that cannot be.
  public static func validate(_ model: LanguageModelConfiguration, _ options: Options) throws(TrainingError) {
    do throws(ConfigurationError) { try model.validate() } catch { throw .configuration(error) }
    do throws(TrainingOptionError) { try options.validate() } catch { throw .option(error) }
  }

  /// A model with random parameters.
  public static func makeModel(
    _ configuration: LanguageModelConfiguration, using generator: inout some RandomNumberGenerator
  ) throws(TrainingError) -> LanguageModel {
    do throws(ConfigurationError) { return try LanguageModel(configuration, using: &generator) } catch {
      throw .configuration(error)
    }
  }

  /// The matrices' parameters.
  public static func leastParameterCount(_ configuration: LanguageModelConfiguration) -> Double {
    configuration.approximateParameterCount
  }

  /// What the parameters, their moments and the values on the way back take.
  public static func leastMemory(_ model: LanguageModelConfiguration, _ options: Options) -> Double {
    MemoryEstimate(model, options.training).byteCount
  }
}

import GodwitCLI

GodwitCommand.launch()

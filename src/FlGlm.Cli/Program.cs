using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;

MemoryAllocator.KeepFreedMemory();
return await FlGlmCommandLine.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

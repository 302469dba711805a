using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Compute;

MemoryAllocator.KeepFreedMemory();
return Libtorch.Named is null
    ? await FlGlmCommandLine.RunAsync(args, Console.Out, Console.Error, CancellationToken.None)
    : await NamedLibtorchContext.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

using FlGlm.Cli.CommandLine;

return await FlGlmCommandLine.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

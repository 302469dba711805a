using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Generation;

internal sealed partial class GenerationRun
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "generation: {Keys} set, which counts only with do_sample: true")]
    private partial void LogNotSampled(string keys);

    [LoggerMessage(Level = LogLevel.Information, Message = "generation_config.json sets {Keys}: not read, the generation keys of the configuration count")]
    private partial void LogGenerationConfig(string keys);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(Level = LogLevel.Warning, Message = "peft.start names no adapter: answers {Source}")]
    private partial void LogUntrained(string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "connected to {Peer}, {Seal}")]
    private partial void LogConnected(string peer, string seal);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Questions} question(s) answered with {Tokens} tokens in {Seconds:F1} s")]
    private partial void LogSpeed(int questions, int tokens, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sent} bytes sent, {Received} received in all")]
    private partial void LogTraffic(long sent, long received);
}

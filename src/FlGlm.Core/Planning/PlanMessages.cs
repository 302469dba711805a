using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Planning;

/// <summary>Converts a run's plan to its message and back.</summary>
public static class PlanMessages
{
    /// <summary>Stands for the server's adapter, whose path is not sent.</summary>
    private const string TheirAdapter = "an adapter";

    /// <summary>Sets all fields except those that are not part of the plan: ping period and frame limit.</summary>
    /// <param name="version">the version of this build</param>
    public static Plan ToMessage(RunPlan plan, string version) => new()
    {
        Version = version,
        Architecture = plan.Architecture,
        Fingerprint = plan.Fingerprint,
        Split = new() { Head = plan.Split.Head, Tail = plan.Split.Tail },
        PeftMethod = (int)plan.Peft.Method,
        Lora = plan.Peft.Method == PeftMethod.Lora ? ToMessage(plan.Peft.Lora) : null,
        Prefix = plan.Peft.Method == PeftMethod.PTuningV2 ? ToMessage(plan.Peft.Prefix) : null,
        Optimizer = ToMessage(plan.Optimizer),
        Training = new()
        {
            Steps = plan.Training.Steps,
            Epochs = plan.Training.Epochs,
            BatchSize = plan.Training.BatchSize,
            Rounds = plan.Training.Rounds,
            Seed = plan.Training.Seed,
            AttentionDropout = plan.AttentionDropout,
        },
        Precision = (int)plan.Precision,
        ClientsExpected = plan.Clients.Expected,
        SerialHandover = (int)plan.Serial.Handover,
        RekeyEvery = plan.Crypto.RekeyEvery,
        ShareMiddle = plan.ShareMiddle,
        FromAdapter = plan.Peft.Start.Length > 0,
    };

    /// <exception cref="ProtocolException">A part is missing or not valid.</exception>
    public static RunPlan FromMessage(Plan message)
    {
        if (message is not { Split: not null, Optimizer: not null, Training: not null })
            throw Malformed("lacks a part");
        var plan = new RunPlan
        {
            Architecture = message.Architecture,
            Fingerprint = message.Fingerprint,
            Split = new SplitSettings { Head = message.Split.Head, Tail = message.Split.Tail },
            Peft = FromMessage((PeftMethod)message.PeftMethod, message.Lora, message.Prefix) with { Start = message.FromAdapter ? TheirAdapter : "" },
            Optimizer = FromMessage(message.Optimizer),
            Training = new TrainingSettings
            {
                Steps = message.Training.Steps,
                Epochs = message.Training.Epochs,
                BatchSize = message.Training.BatchSize,
                Rounds = message.Training.Rounds,
                Seed = message.Training.Seed,
            },
            AttentionDropout = message.Training.AttentionDropout,
            Precision = Known((ElementPrecision)message.Precision),
            Clients = new ClientsSettings { Expected = message.ClientsExpected },
            Serial = new SerialSettings { Handover = Known((SerialHandover)message.SerialHandover) },
            Crypto = new CryptoSettings { RekeyEvery = message.RekeyEvery },
            ShareMiddle = message.ShareMiddle,
        };
        var problem = plan.Peft.Validate().Concat(plan.Optimizer.Validate()).Concat(plan.Training.Validate())
            .Concat(plan.Clients.Validate()).Concat(plan.Crypto.Validate()).FirstOrDefault();
        return problem is null ? plan : throw Malformed(problem.ToString());
    }

    private static Plan.Types.Lora ToMessage(LoraSettings lora)
    {
        var message = new Plan.Types.Lora
        {
            Rank = lora.Rank,
            Alpha = lora.Alpha,
            Dropout = lora.Dropout,
            TargetExpression = lora.Targets.Text ?? "",
            Rslora = lora.Rslora,
            Init = (int)lora.Init,
        };
        message.Targets.AddRange(lora.Targets.Names);
        message.Layers.AddRange(lora.Layers);
        message.RankPattern.AddRange(lora.RankPattern.Select(pair => new Plan.Types.Lora.Types.Pattern { Key = pair.Key, Value = pair.Value }));
        message.AlphaPattern.AddRange(lora.AlphaPattern.Select(pair => new Plan.Types.Lora.Types.Pattern { Key = pair.Key, Value = pair.Value }));
        message.ModulesToSave.AddRange(lora.ModulesToSave);
        return message;
    }

    private static Plan.Types.Prefix ToMessage(PrefixSettings prefix) => new()
    {
        Length = prefix.Length,
        Projection = prefix.Projection,
        ProjectionHidden = prefix.ProjectionHidden,
        Dropout = prefix.Dropout.GetValueOrDefault(),
    };

    private static Plan.Types.Optimizer ToMessage(OptimizerSettings optimizer)
    {
        var message = new Plan.Types.Optimizer
        {
            Name = (int)optimizer.Name,
            LearningRate = optimizer.LearningRate.GetValueOrDefault(),
            Beta1 = optimizer.Beta1,
            Beta2 = optimizer.Beta2,
            Epsilon = optimizer.Epsilon,
            WeightDecay = optimizer.WeightDecay,
            Schedule = (int)optimizer.Schedule,
            WarmupSteps = optimizer.WarmupSteps,
            ClipNorm = optimizer.ClipNorm,
            WarmupRatio = optimizer.WarmupRatio,
            SchedulePower = optimizer.SchedulePower,
            ScheduleEndRate = optimizer.ScheduleEndRate,
        };
        if (optimizer.ScheduleCycles is { } cycles)
            message.ScheduleCycles = cycles;
        return message;
    }

    private static PeftSettings FromMessage(PeftMethod method, Plan.Types.Lora? lora, Plan.Types.Prefix? prefix) => Known(method) switch
    {
        PeftMethod.Lora when lora is not null => new PeftSettings { Lora = FromMessage(lora) },
        PeftMethod.PTuningV2 when prefix is not null => new PeftSettings
        {
            Method = method,
            Prefix = new PrefixSettings
            {
                Length = prefix.Length, Projection = prefix.Projection, ProjectionHidden = prefix.ProjectionHidden, Dropout = prefix.Dropout,
            },
        },
        PeftMethod.None => new PeftSettings { Method = method },
        _ => throw Malformed($"says {method} without its settings"),
    };

    private static LoraSettings FromMessage(Plan.Types.Lora lora) => new()
    {
        Rank = lora.Rank,
        Alpha = lora.Alpha,
        Dropout = lora.Dropout,
        Targets = lora.TargetExpression.Length > 0 ? NamesOrText.OfText(lora.TargetExpression) : [.. lora.Targets],
        Layers = [.. lora.Layers],
        RankPattern = Patterns(lora.RankPattern, value => checked((int)value)),
        AlphaPattern = Patterns(lora.AlphaPattern, value => value),
        ModulesToSave = [.. lora.ModulesToSave],
        Init = Known((LoraInit)lora.Init),
        Rslora = lora.Rslora,
    };

    private static OrderedDictionary<string, T> Patterns<T>(IEnumerable<Plan.Types.Lora.Types.Pattern> patterns, Func<double, T> valueOf)
    {
        var read = new OrderedDictionary<string, T>();
        foreach (var pattern in patterns)
        {
            if (!(Math.Abs(pattern.Value) < int.MaxValue) || !read.TryAdd(pattern.Key, valueOf(pattern.Value)))
                throw Malformed($"has '{pattern.Key}' twice, or with a number out of range");
        }

        return read;
    }

    private static OptimizerSettings FromMessage(Plan.Types.Optimizer optimizer) => new()
    {
        Name = Known((OptimizerName)optimizer.Name),
        LearningRate = optimizer.LearningRate,
        Beta1 = optimizer.Beta1,
        Beta2 = optimizer.Beta2,
        Epsilon = optimizer.Epsilon,
        WeightDecay = optimizer.WeightDecay,
        Schedule = Known((LearningRateSchedule)optimizer.Schedule),
        WarmupSteps = optimizer.WarmupSteps,
        ClipNorm = optimizer.ClipNorm,
        ScheduleCycles = optimizer.HasScheduleCycles ? optimizer.ScheduleCycles : null,
        WarmupRatio = optimizer.WarmupRatio,
        SchedulePower = optimizer.SchedulePower,
        ScheduleEndRate = optimizer.ScheduleEndRate,
    };

    private static T Known<T>(T value) where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw Malformed($"names a {typeof(T).Name} {value} that this build does not know");

    private static ProtocolException Malformed(string what) => new(FaultCode.Malformed, $"The server's plan {what}.");
}

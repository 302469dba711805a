using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Settings;

namespace FlGlm.Privacy.Evaluation;

/// <summary>What an <see cref="AttackEvaluation"/> needs.</summary>
public sealed record AttackOptions
{
    /// <summary>The folder of a recording.</summary>
    public required string Recording { get; init; }

    /// <summary>The base model's checkpoint directory, with all its tensors.</summary>
    public required string Model { get; init; }

    /// <summary>The plan of the recorded run.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>The client's data, to score with.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>
    /// How the client defends itself. The attacker knows it, but for the secret: it makes its own rows leave in the same way, to train on. Lengths that are
    /// padded are taken for the real ones, which the attacks are given.
    /// </summary>
    public PrivacySettings Privacy { get; init; } = new();

    /// <summary>The client's defence with its secret, to score with: it may have the order of the rows. Null = the plan's seed has it.</summary>
    public IBoundaryDefence? Defence { get; init; }

    /// <summary>The attacker's own files of rows, in the form of the client's.</summary>
    public required IReadOnlyList<string> Shadow { get; init; }

    /// <summary>Whose rows are attacked; empty = the recording's only client.</summary>
    public string Client { get; init; } = "";

    /// <summary>The first rows of the client, and of the shadow set four times as many.</summary>
    public int MaxRows { get; init; } = 256;

    /// <summary>Budget and seed of all inverters; their starts are those of the table.</summary>
    public AttackSettings Settings { get; init; } = new() { Steps = 300 };

    /// <summary>How often attacks that train are repeated with another seed, 1 to 10; the first one's scores are those of the table.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Rows and steps of the searches by matching.</summary>
    public MatchingSettings Matching { get; init; } = new();
}

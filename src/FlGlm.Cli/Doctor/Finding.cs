using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Doctor;

/// <summary>What the doctor has found out about one thing.</summary>
/// <param name="Subject">e.g. <c>keys</c></param>
/// <param name="Text">what is so; of a warning or a problem also the cure</param>
/// <param name="Code">of a problem: the exit code with which a run would end; else <see cref="ExitCode.Success"/></param>
internal sealed record Finding(string Subject, string Text, ExitCode Code = ExitCode.Success)
{
    /// <summary>Whether a run would work, but not as it should.</summary>
    public bool IsWarning { get; private init; }

    public bool IsProblem => Code != ExitCode.Success;

    /// <summary><c>ok</c>, <c>warning</c> or <c>problem</c>.</summary>
    public string Level => IsProblem ? "problem" : IsWarning ? "warning" : "ok";

    public static Finding Warning(string subject, string text) => new(subject, text) { IsWarning = true };

    /// <summary>What a check gives, or the problem that it has met.</summary>
    public static Finding Of(string subject, Func<string> check)
    {
        try
        {
            return new Finding(subject, check());
        }
        catch (FlGlmException e)
        {
            return Problem(subject, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding(subject, e.Message, ExitCode.Configuration);
        }
    }

    public static Finding Problem(string subject, FlGlmException e) =>
        new(subject, e is ConfigurationException { Problems: var problems } ? string.Join(" ", problems) : e.Message, e.ExitCode);

    public override string ToString() => $"{Level,-7}  {Subject,-9}  {Text}";
}

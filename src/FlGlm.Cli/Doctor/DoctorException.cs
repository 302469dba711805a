using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Doctor;

/// <summary>Something would stop a run; the findings say what.</summary>
/// <param name="code">with which the run would end</param>
internal sealed class DoctorException(ExitCode code) : FlGlmException("Something would stop a run; the lines marked 'problem' say what, and the cure.")
{
    public override ExitCode ExitCode => code;
}

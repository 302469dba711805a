using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>
/// No garbage collection frees a number that libtorch is about to read: TorchSharp does not keep its Scalars alive during native calls, so the
/// product does, and calls nothing of TorchSharp that makes a Scalar inside.
/// </summary>
public sealed class ScalarLifetimeTests
{
    public static TheoryData<string> Assemblies => ["FlGlm.Core.dll", "FlGlm.Client.dll", "FlGlm.Server.dll", "FlGlm.Privacy.dll", "flglm.dll"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_Scalar_lies_in_a_using_variable_or_a_static_readonly_field(string assembly) => AssertNone(assembly, Unkept);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Nothing_is_called_that_makes_a_Scalar_inside(string assembly) => AssertNone(assembly, CalledMakers);

    [Fact]
    public void Methods_of_TorchSharp_that_make_a_Scalar_are_known()
    {
        Assert.Contains(Of(nameof(Tensor.add), typeof(Tensor)), ScalarMakers.All);
        Assert.Contains(Of("op_Addition", typeof(Tensor), typeof(Tensor)), ScalarMakers.All);
        Assert.Contains(Of("op_Multiply", typeof(Tensor), typeof(double)), ScalarMakers.All);
        Assert.Contains(typeof(optim.Optimizer).GetMethod(nameof(optim.Optimizer.step))!, ScalarMakers.All);
        Assert.DoesNotContain(Of(nameof(Tensor.mul), typeof(Tensor)), ScalarMakers.All);
        Assert.DoesNotContain(Of(nameof(Tensor.add), typeof(Tensor), typeof(Scalar)), ScalarMakers.All);
    }

    [Theory]
    [InlineData(nameof(Samples.Kept), 0, 0)]
    [InlineData(nameof(Samples.OnlyNamed), 1, 0)]
    [InlineData(nameof(Samples.Passed), 1, 0)]
    [InlineData(nameof(Samples.OneOfTwo), 1, 0)]
    [InlineData(nameof(Samples.Hidden), 0, 2)]
    public void Forms_of_passing_a_number_are_told_apart(string sample, int unkept, int makers)
    {
        var method = typeof(Samples).GetMethod(sample)!;

        Assert.Equal(unkept, Unkept(method).Count());
        Assert.Equal(makers, CalledMakers(method).Count());
    }

    private static MethodInfo Of(string name, params Type[] parameters) => typeof(Tensor).GetMethod(name, parameters)!;

    private static void AssertNone(string assembly, Func<MethodBase, IEnumerable<string>> breaches)
    {
        var found = Instruction.Methods(Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, assembly))).SelectMany(breaches).ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static IEnumerable<string> CalledMakers(MethodBase method) =>
        from instruction in Instruction.Of(method)
        where instruction.Method is not null && ScalarMakers.All.Contains(instruction.Method)
        select $"{method.DeclaringType}.{method.Name} calls {instruction.Method}";

    /// <summary>The Scalars that a method makes and does not keep.</summary>
    private static IEnumerable<string> Unkept(MethodBase method)
    {
        var instructions = Instruction.Of(method);
        return from pair in instructions.Zip(instructions.Skip(1))
               where ScalarMakers.GivesScalar(pair.First.Method) && !IsKept(method, instructions, pair.Second)
               select $"{method.DeclaringType}.{method.Name} at {pair.First.Offset}: {pair.First.Method}";
    }

    /// <param name="next">the instruction after the one that makes the Scalar</param>
    private static bool IsKept(MethodBase method, List<Instruction> instructions, Instruction next) =>
        next.Code == OpCodes.Stsfld ? next.Field!.IsInitOnly : next.Stores && IsDisposed(method, instructions, next.Local!.Value);

    /// <summary>Whether a <c>finally</c> disposes of a local variable.</summary>
    private static bool IsDisposed(MethodBase method, List<Instruction> instructions, int local) =>
        method.GetMethodBody()!.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Finally).Any(clause =>
            instructions.Zip(instructions.Skip(1)).Any(pair =>
                pair.First.Offset >= clause.HandlerOffset && pair.First.Offset < clause.HandlerOffset + clause.HandlerLength
                && pair.First.Loads && pair.First.Local == local && pair.Second.Method?.Name == nameof(IDisposable.Dispose)));

    private static class Samples
    {
        public static Tensor Kept(Tensor x, double y)
        {
            using Scalar number = y;
            return x.mul(number);
        }

        public static Tensor OnlyNamed(Tensor x, double y)
        {
            Scalar number = y;
            return x.mul(number).mul(number);
        }

        public static Tensor Passed(Tensor x, double y) => x.mul(y);

        public static Tensor OneOfTwo(Tensor x, double y)
        {
            using Scalar number = y;
            return x.add(number, 1);
        }

        public static Tensor Hidden(Tensor x, Tensor y) => (x + y) * 2;
    }
}
